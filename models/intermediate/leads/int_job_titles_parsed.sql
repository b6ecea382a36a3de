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
        {{ normalized_words(current_job('job_title')) }} as title_words
    from titles

),

-- Whom somebody works for is senior, not the one who works for them.
titles_of_oneself as (

    select
        job_title,
        title_words,
        {{ own_words('title_words') }} as own_words
    from titles_in_words

),

words_of_titles as (

    select
        job_title,
        title_words,
        own_words,
        {{ split_to_rows('title_words', ' ') }} as word
    from titles_of_oneself

),

words as (

    select distinct
        job_title,
        title_words,
        own_words,
        word
    from words_of_titles

),

-- Looked up by its first word, a term is held against few titles.
terms_found as (

    select
        words.job_title,
        terms.attribute,
        terms.value,
        terms.term,
        terms.precedence
    from words
    inner join terms
        on
            words.word = {{ dbt.split_part('terms.term', "' '", 1) }}
            and position(
                ' ' || terms.term || ' ' in
                ' '
                || case
                    when terms.attribute = 'job_seniority' then words.own_words
                    else words.title_words
                end
                || ' '
            ) > 0

),

-- A term within a longer one is not what the title says: a `product owner` is no `owner`.
terms_within_others as (

    select distinct
        shorter.job_title,
        shorter.attribute,
        shorter.term
    from terms_found as shorter
    inner join terms_found as longer
        on
            shorter.job_title = longer.job_title
            and shorter.attribute = longer.attribute
            and shorter.term <> longer.term
            and position(' ' || shorter.term || ' ' in ' ' || longer.term || ' ') > 0

),

ranked as (

    select
        terms_found.job_title,
        terms_found.attribute,
        terms_found.value,
        row_number() over (
            partition by terms_found.job_title, terms_found.attribute
            order by
                terms_found.precedence asc, length(terms_found.term) desc, terms_found.term asc
        ) as place
    from terms_found
    left join terms_within_others
        on
            terms_found.job_title = terms_within_others.job_title
            and terms_found.attribute = terms_within_others.attribute
            and terms_found.term = terms_within_others.term
    where terms_within_others.term is null

),

first_terms as (

    select
        job_title,
        nullif(max(case when attribute = 'job_function' then value end), 'unknown')
            as job_function,
        nullif(max(case when attribute = 'job_seniority' then value end), 'unknown')
            as job_seniority
    from ranked
    where place = 1
    group by job_title

),

-- What a title does not tell is unknown, not something else.
final as (

    select
        titles.job_title,
        first_terms.job_function,
        first_terms.job_seniority
    from titles
    left join first_terms
        on titles.job_title = first_terms.job_title

)

select * from final
