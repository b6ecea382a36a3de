{#- A part of a score at an instant, from the row of fct_score_history that holds then: what a group had
    decays and is capped, all else stands. -#}
{% macro points_at(history, at) -%}
    case
        when {{ history }}.kind = 'group'
            then
                least(
                    {{ decayed_points(
                        history ~ '.points', history ~ '.changed_at', at, history ~ '.half_life_days'
                    ) }},
                    {{ history }}.cap_points
                )
        else {{ history }}.points
    end
{%- endmacro %}
