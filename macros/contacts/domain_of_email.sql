{#- The domain of a mail address, null where there is none: lower case, without trailing dot,
    and without the bracket of `Name <address>`. -#}
{% macro domain_of_email(email) -%}
    case
        when position('@' in {{ email }}) > 0
            then
                nullif(
                    trim(trim(lower({{ dbt.split_part(email, "'@'", -1) }})), '.> '), ''
                )
    end
{%- endmacro %}
