{#- Whether this refresh builds everything anew. -#}
{% macro is_full_build() -%}
    {{ return(refresh_flag('is_full_build')) }}
{%- endmacro %}
