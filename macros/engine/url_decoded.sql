{% macro url_decoded(text) -%}
    {{ return(adapter.dispatch('url_decoded', 'lead_warehouse')(text)) }}
{%- endmacro %}

{#- Old sites encode Latin-1 (caf%E9), and scanners send any bytes: what is no UTF-8 is read as
    Latin-1, in which every byte is a character, so that no address stops a build. -#}
{% macro default__url_decoded(text) -%}
    {%- set of_two_bytes = "regexp_replace(" ~ text
        ~ ", '%([89ABab][0-9A-Fa-f])', chr(1) || 'C2' || chr(1) || '\\1', 'g')" -%}
    {%- set ns = namespace(text=of_two_bytes) -%}
    {%- for first, second in [('Cc', '8'), ('Dd', '9'), ('Ee', 'A'), ('Ff', 'B')] -%}
        {%- set ns.text = "regexp_replace(" ~ ns.text ~ ", '%[" ~ first
            ~ "]([0-9A-Fa-f])', chr(1) || 'C3' || chr(1) || '" ~ second ~ "\\1', 'g')" -%}
    {%- endfor -%}
    {#- A text may have the character that marks what was replaced; then it stays as it is. -#}
    coalesce(
        try(url_decode({{ text }})), try(url_decode(replace({{ ns.text }}, chr(1), '%'))), {{ text }}
    )
{%- endmacro %}
