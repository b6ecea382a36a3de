{#- A registration number as it is compared: letters and digits only, null where that says nothing. -#}
{% macro registration_key(number) -%}
    {%- set plain = 'replace(' ~ normalized_words(number) ~ ", ' ', '')" -%}
    case
        when length({{ plain }}) >= 5 and replace({{ plain }}, '0', '') <> '' then {{ plain }}
    end
{%- endmacro %}
