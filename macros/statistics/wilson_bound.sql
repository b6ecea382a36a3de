{#- Wilson's bound of a share: it stays between 0 and 1, and says something where none or all of a
    few are counted. Null where nothing is. -#}
{% macro wilson_bound(counted, of, z, sign) -%}
    (
        (
            cast({{ counted }} as double) / nullif({{ of }}, 0)
            + {{ z }} * {{ z }} / (2.0 * nullif({{ of }}, 0))
            {{ sign }} {{ z }} * sqrt(
                greatest(
                    cast({{ counted }} as double) / nullif({{ of }}, 0)
                    * (1 - cast({{ counted }} as double) / nullif({{ of }}, 0)),
                    0
                ) / nullif({{ of }}, 0)
                + {{ z }} * {{ z }} / (4.0 * nullif({{ of }}, 0) * nullif({{ of }}, 0))
            )
        )
        / (1 + {{ z }} * {{ z }} / nullif({{ of }}, 0))
    )
{%- endmacro %}
