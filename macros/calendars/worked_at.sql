{#- Microseconds of working time from the calendar's beginning to an instant. -#}
{% macro worked_at(stretch, instant) -%}
    (
        {{ stretch }}.worked_before
        + {{ epoch_microseconds('least(' ~ instant ~ ', ' ~ stretch ~ '.closes_at)') }}
        - {{ epoch_microseconds(stretch ~ '.opens_at') }}
    )
{%- endmacro %}
