with lead_versions as (

    select * from {{ ref('int_leads_historized') }}

),

contact_versions as (

    select * from {{ ref('int_contacts_historized') }}

),

terms as (

    select * from {{ ref('job_title_terms') }}

),

titles as (

    select job_title from lead_versions
    where job_title is not null
    union
    select job_title from contact_versions
    where job_title is not null

),

titles_in_words as (

    select
        job_title,
        ' ' || {{ normalized_words('job_title') }} || ' ' as title_words
    from titles

),

-- The longest of several terms of the same rank says most: `vice president`, not `president`.
terms_found as (

    select
        titles_in_words.job_title,
        terms.attribute,
        terms.value,
        row_number() over (
            partition by titles_in_words.job_title, terms.attribute
            order by terms.precedence asc, length(terms.term) desc, terms.term asc
        ) as place
    from titles_in_words
    inner join terms
        on position(' ' || terms.term || ' ' in titles_in_words.title_words) > 0

),

first_terms as (

    select
        job_title,
        max(case when attribute = 'job_function' then value end) as job_function,
        max(case when attribute = 'job_seniority' then value end) as job_seniority
    from terms_found
    where place = 1
    group by job_title

),

-- A title of which one half is understood is known to be something else in the other; one that
-- nobody understands is unknown.
final as (

    select
        titles.job_title,
        case
            when first_terms.job_title is not null
                then coalesce(first_terms.job_function, 'other')
        end as job_function,
        case
            when first_terms.job_title is not null
                then coalesce(first_terms.job_seniority, 'other')
        end as job_seniority
    from titles
    left join first_terms
        on titles.job_title = first_terms.job_title

)

select * from final
