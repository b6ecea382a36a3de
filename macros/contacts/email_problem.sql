{#- Why nothing can be sent to an address, null where nothing is wrong with it. The form is the one
    that HTML's input type "email" accepts, with letters of any script, no empty parts around dots
    and a top-level domain; what no server has seen cannot be told here. -#}
{% macro email_problem(email) -%}
    {%- set address = 'trim(' ~ email ~ ')' -%}
    {%- set atom = "[\\p{L}\\p{N}!#$%&'*+/=?^_`{|}~-]+" -%}
    {%- set label = '[\\p{L}\\p{N}]([\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?' -%}
    {%- set top_level = '(\\p{L}{2,63}|[xX][nN]--[A-Za-z0-9-]{1,59})' -%}
    case
        when coalesce({{ address }}, '') = '' then 'missing'
        when length({{ address }}) - length(replace({{ address }}, '@', '')) <> 1
            then 'not_one_at_sign'
        when length({{ address }}) > 254 or position('@' in {{ address }}) > 65 then 'too_long'
        when not {{ fully_matches(dbt.split_part(address, "'@'", 1), atom ~ '(\\.' ~ atom ~ ')*') }}
            then 'local_part'
        when not {{ fully_matches(
            dbt.split_part(address, "'@'", 2), '(' ~ label ~ '\\.)+' ~ top_level
        ) }}
            then 'domain'
    end
{%- endmacro %}
