{#- Value by which a share of the counted rows had arrived, those that have not arrived counted as
    never: null where the share was not reached. -#}
{% macro quantile_reached(expression, share, counted='true') -%}
    {{ return(adapter.dispatch('quantile_reached', 'lead_warehouse')(expression, share, counted)) }}
{%- endmacro %}

{% macro default__quantile_reached(expression, share, counted) -%}
    nullif(
        quantile_disc(
            case when {{ counted }}
                then coalesce(cast({{ expression }} as double), cast('infinity' as double))
            end,
            {{ share }}
        ),
        cast('infinity' as double)
    )
{%- endmacro %}
