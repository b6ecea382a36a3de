{#- The domain that a site or a bare name stands for, null where there is none: lower case, without
    scheme, credentials, port, path, `www.` and trailing dot. -#}
{% macro domain_of_site(site) -%}
    {%- set host = 'lower(trim(' ~ site ~ '))' -%}
    {%- set host = dbt.split_part(host, "'://'", -1) -%}
    {%- set host = dbt.split_part(host, "'/'", 1) -%}
    {%- set host = dbt.split_part(host, "'?'", 1) -%}
    {%- set host = dbt.split_part(host, "'#'", 1) -%}
    {%- set host = dbt.split_part(host, "'@'", -1) -%}
    {%- set host = dbt.split_part(host, "':'", 1) -%}
    {%- set host = "trim(trim(" ~ host ~ "), '.')" -%}
    nullif(
        case when {{ host }} like 'www.%' then substring({{ host }}, 5) else {{ host }} end, ''
    )
{%- endmacro %}
