-- What became of MQLs by the grade they had then; only months whose time to convert is over.
with grades as (
    select basis, grade, sum(mql_count) as mql_count, sum(sql_count) as sql_count,
        sum(customer_count) as customer_count
    from marts.rpt_qualification_quality
    where dimension = 'all' and is_mature
    group by basis, grade
)

select
    grades.basis,
    coalesce(grades.grade, '–') as grade,
    masked(grades.mql_count, grades.mql_count) as mql_count,
    masked(grades.sql_count, grades.sql_count) as sql_count,
    masked(grades.customer_count, grades.customer_count) as customer_count,
    masked_rate(
        grades.sql_count / nullif(grades.mql_count, 0), grades.sql_count, grades.mql_count
    ) as sql_rate,
    masked_rate(
        grades.customer_count / nullif(grades.mql_count, 0), grades.customer_count, grades.mql_count
    ) as customer_rate,
    masked_rate(
        10 * grades.customer_count / nullif(grades.mql_count, 0),
        grades.customer_count,
        grades.mql_count
    ) as won_of_ten
from grades
order by grades.basis, grade
