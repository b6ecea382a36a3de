{#- The points of a component from those of its parts: steps of one are capped together. -#}
{% macro component_points(kind, points, cap_points) -%}
    case
        when {{ kind }} = 'step'
            then greatest(sum({{ points }}), coalesce(-max({{ cap_points }}), sum({{ points }})))
        else sum({{ points }})
    end
{%- endmacro %}
