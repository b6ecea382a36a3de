{#- 100 x clamp(points / full, 0, 1), rounded to 12 places, so a score that equals a threshold on
    paper equals it here. A double of a decimal depends on its places: the points have those of the
    ledger, whose sum must be the same to the last digit. Null stays null, which `least` forgets. -#}
{% macro score_of(points, full_points) -%}
    cast(
        100 * cast(
            case
                when {{ points }} < 0 then 0
                when {{ points }} > {{ full_points }} then {{ quantized(full_points) }}
                else {{ quantized(points) }}
            end as double
        )
        / cast({{ full_points }} as double)
        as decimal(18, 12)
    )
{%- endmacro %}
