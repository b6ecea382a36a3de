{#- points x 2^(-age / half-life): half of it is left after each half-life. -#}
{% macro decayed_points(points, since, at, half_life_days) -%}
    {{ quantized(
        'cast(' ~ points ~ ' as double) * pow(2.0, -'
        ~ half_lives_between(since, at, half_life_days) ~ ')'
    ) }}
{%- endmacro %}
