{#- Whether an asset is what a pattern names. Both come from int_assets_normalized. -#}
{% macro asset_matches(match, asset, pattern) -%}
    (
        ({{ pattern }}.host is null or {{ asset }}.host = {{ pattern }}.host)
        and case {{ match }}
            when 'equals' then {{ asset }}.path = {{ pattern }}.path
            when 'starts_with' then position({{ pattern }}.path in {{ asset }}.path) = 1
            when 'contains' then position({{ pattern }}.path in {{ asset }}.path) > 0
            when 'glob' then {{ asset }}.path like {{ as_like(pattern ~ '.path') }} escape '!'
        end
    )
{%- endmacro %}

{#- A glob as `like` has it. -#}
{% macro as_like(glob) -%}
    replace(replace(replace(replace({{ glob }}, '!', '!!'), '%', '!%'), '_', '!_'), '*', '%')
{%- endmacro %}
