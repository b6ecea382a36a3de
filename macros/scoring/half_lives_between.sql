{#- From whole microseconds, so that no digit is lost in decades. -#}
{% macro half_lives_between(start_at, end_at, half_life_days) -%}
    (
        cast({{ epoch_microseconds(end_at) }} - {{ epoch_microseconds(start_at) }} as double)
        / {{ half_life_microseconds(half_life_days) }}
    )
{%- endmacro %}
