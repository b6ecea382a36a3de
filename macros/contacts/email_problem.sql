{#- Why nothing can be sent to an address, null where nothing is wrong with it. The form is the one
    that HTML's input type "email" accepts, with letters of any script, no empty parts around dots
    and a top-level domain; what no server has seen cannot be told here. How long a part may be is
    asked by itself: counted repetitions of letters of any script take fifty times as long. -#}
{% macro email_problem(email) -%}
    {%- set address = 'trim(' ~ email ~ ')' -%}
    {%- set atom = "[\\p{L}\\p{N}!#$%&'*+/=?^_`{|}~-]+" -%}
    {%- set label = '[\\p{L}\\p{N}]([\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?' -%}
    {%- set domain = dbt.split_part(address, "'@'", 2) -%}
    {%- set top_level = '(\\p{L}\\p{L}+|[xX][nN]--[A-Za-z0-9-]+)' -%}
    case
        when coalesce({{ address }}, '') = '' then 'missing'
        when length({{ address }}) - length(replace({{ address }}, '@', '')) <> 1
            then 'not_one_at_sign'
        when length({{ address }}) > 254 or position('@' in {{ address }}) > 65 then 'too_long'
        when not {{ fully_matches(dbt.split_part(address, "'@'", 1), atom ~ '(\\.' ~ atom ~ ')*') }}
            then 'local_part'
        when
            not {{ fully_matches(domain, '(' ~ label ~ '\\.)+' ~ top_level) }}
            or {{ fully_matches(domain, '(.*\\.)?[^.]{64,}(\\..*)?') }}
            then 'domain'
    end
{%- endmacro %}
