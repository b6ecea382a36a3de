{#- The segment of a record that has an owner of its own: whoever had it then, and their team, go
    before who has the lead now. -#}
{% macro segment_of_record(record, dimensions, lead_segments) -%}
    case {{ dimensions }}.dimension
        when 'all' then 'all'
        when 'owner' then {{ record }}.owner_id
        when 'team' then {{ record }}.team
        else {{ lead_segments }}.segment
    end
{%- endmacro %}
