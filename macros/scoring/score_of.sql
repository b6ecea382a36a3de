{#- 100 x clamp(points / full, 0, 1). The quotient of two exact numbers is the nearest double, so a
    score that equals a threshold on paper equals it here. -#}
{% macro score_of(points, full_points) -%}
    cast(
        100 * cast(greatest(0, least({{ points }}, {{ full_points }})) as double)
        / cast({{ full_points }} as double)
        as decimal(18, 12)
    )
{%- endmacro %}
