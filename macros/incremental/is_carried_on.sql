{#- Whether any kept table is carried on in this refresh. -#}
{% macro is_carried_on() -%}
    {{ return(refresh_flag('is_carried_on')) }}
{%- endmacro %}
