{#- What the points of a group count for: what is gained up to its cap, what is taken down to it. A
    group of signals always has a cap; steps without one count whole. -#}
{% macro within_cap(kind, points, signal_cap, step_cap) -%}
    case
        when {{ kind }} = 'signal' then least({{ points }}, {{ signal_cap }})
        else greatest({{ points }}, coalesce(-{{ step_cap }}, {{ points }}))
    end
{%- endmacro %}
