{% macro current_job(title) -%}
    {{ return(adapter.dispatch('current_job', 'lead_warehouse')(title)) }}
{%- endmacro %}

{#- What stands behind another job, up to the next mark that parts a title, is past: `COO (ex-Amazon)`,
    `Directrice des achats, ancienne consultante | Lyon`. What begins a title stays, and what
    names no other (`CEO (former)`), for then all of it may be past. -#}
{% macro default__current_job(title) -%}
    {%- set past = 'ex|former|formerly|previous|previously|ancien|ancienne|anciennement' -%}
    regexp_replace(
        replace({{ title }}, ' - ', ' | '),
        '([\p{L}\p{N}][^\p{L}\p{N}]+)(?i:{{ past }})[^\p{L}\p{N},;|)/•·–—]+[\p{L}\p{N}][^,;|)/•·–—]*([,;|)/•·–—]|$)',
        '\1\2',
        'g'
    )
{%- endmacro %}
