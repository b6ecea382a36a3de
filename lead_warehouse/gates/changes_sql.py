"""The tables of changes, and how a change is reckoned and judged; all of it SQL."""

CATEGORIES_COMPARED = 20
"""Categories whose shares are compared; the rarer ones count as one. Many small shares would add
up to a distance by chance alone."""

SCHEMA = """
create schema if not exists quality;
create table if not exists quality.profiled_runs (
    number bigint, run_id varchar, profiled_at timestamp, as_of timestamp, rules_digest varchar,
    is_past boolean, explained_by varchar
);
create table if not exists quality.profiled_files (
    input_name varchar, input_digest varchar, file_digest varchar
);
create table if not exists quality.profiles (
    run_id varchar, table_name varchar, column_name varchar, figure varchar, category varchar,
    value double, row_count bigint
);
create table if not exists quality.changes (
    run_id varchar, gate varchar, compared varchar, compared_with varchar, table_name varchar,
    input_name varchar, column_name varchar, metric varchar, before_value double,
    now_value double, before_rows bigint, now_rows bigint, change double, warn_above double,
    stop_above double, verdict varchar, because varchar
);
"""

PROFILE = {
    "table_name": "varchar",
    "column_name": "varchar",
    "figure": "varchar",
    "category": "varchar",
    "value": "double",
    "row_count": "bigint",
}
DELIVERED = {"input_name": "varchar", "is_now": "boolean"}
ASKED = {
    "compared": "varchar",
    "table_name": "varchar",
    "column_name": "varchar",
    "metric": "varchar",
    "figure": "varchar",
    "min_rows": "double",
    "warn_above": "double",
    "stop_above": "double",
    "is_accepted": "boolean",
}
"""Columns of the temporary tables that a comparison reads."""

REMEMBER_RUN = """
insert into quality.profiled_runs
with
before as (
    select * from quality.profiled_runs order by number desc limit 1
),
inputs_before as (
    select input_name, list(distinct input_digest order by input_digest) as digests
    from quality.profiled_files group by input_name
),
inputs_now as (
    select input_name, list(distinct input_digest order by input_digest) as digests
    from raw.landed_files where status = 'landed' group by input_name
),
other_inputs as (
    -- An input that is new takes nothing away, so it explains no loss.
    select string_agg(inputs_before.input_name, ', ' order by inputs_before.input_name) as names
    from inputs_before left join inputs_now using (input_name)
    where inputs_now.digests is distinct from inputs_before.digests
)
select
    coalesce(before.number, 0) + 1, $run_id, $at, context.as_of, context.rules_digest, $is_past,
    nullif(concat_ws('; ',
        case when before.rules_digest <> context.rules_digest then 'rules changed' end,
        'mapping changed for ' || other_inputs.names
    ), '')
from raw.refresh_context as context
cross join other_inputs
left join before on true
"""

CHANGES = f"""
insert into quality.changes
with
this_run as (
    select * from quality.profiled_runs where run_id = $run_id
),
-- The build is a copy of the generation that readers see, so the run before is that one.
run_before as (
    select * from quality.profiled_runs
    where number < (select number from this_run)
    order by number desc limit 1
),
figures as (
    select
        'generation' as compared, '' as input_name, run_id = $run_id as is_now,
        table_name, column_name, figure, category, value, row_count
    from quality.profiles
    where run_id = $run_id or run_id = (select run_id from run_before)
    union all
    select
        'delivery', input_name, is_now, table_name, column_name, figure, category, value, row_count
    from delivered
),
pairs as (
    select
        compared, table_name, input_name, column_name, figure, category,
        max(value) filter (not is_now) as before_value,
        max(value) filter (is_now) as now_value,
        coalesce(max(row_count) filter (not is_now), 0) as before_rows,
        coalesce(max(row_count) filter (is_now), 0) as now_rows
    from figures
    group by all
),
ranked as (
    select
        *,
        row_number() over (
            partition by compared, table_name, input_name, column_name
            order by coalesce(before_value, 0) + coalesce(now_value, 0) desc, category
        ) as place
    from pairs
    where figure = 'shares'
),
pooled as (
    select
        compared, table_name, input_name, column_name,
        case when place <= {CATEGORIES_COMPARED} then category else '(others)' end as category,
        sum(coalesce(before_value, 0)) as before_count,
        sum(coalesce(now_value, 0)) as now_count
    from ranked
    group by all
),
shares as (
    select
        *,
        before_count / nullif(sum(before_count) over whole, 0) as p,
        now_count / nullif(sum(now_count) over whole, 0) as q,
        sum(before_count) over whole as before_rows,
        sum(now_count) over whole as now_rows
    from pooled
    window whole as (partition by compared, table_name, input_name, column_name)
),
-- Jensen-Shannon distance, to base 2: 0 for equal shares, 1 for shares with nothing in common.
distances as (
    select
        compared, table_name, input_name, column_name, 'shares' as figure,
        cast(null as double) as before_value, cast(null as double) as now_value,
        cast(max(before_rows) as bigint) as before_rows,
        cast(max(now_rows) as bigint) as now_rows,
        count(*) as category_count,
        sqrt(greatest(0, sum(
            coalesce(0.5 * case when p > 0 then p * log2(2 * p / (p + q)) end, 0)
            + coalesce(0.5 * case when q > 0 then q * log2(2 * q / (p + q)) end, 0)
        ))) as distance
    from shares
    group by compared, table_name, input_name, column_name
),
numbers as (
    select
        compared, table_name, input_name, column_name, figure, before_value, now_value,
        before_rows, now_rows, 1 as category_count, cast(null as double) as distance
    from pairs
    where figure <> 'shares'
    union all
    select * from distances
),
changes as (
    select
        asked.compared, asked.table_name, numbers.input_name, asked.column_name, asked.metric,
        asked.warn_above, asked.stop_above, asked.is_accepted,
        numbers.before_value, numbers.now_value, numbers.before_rows, numbers.now_rows,
        case asked.metric
            when 'rows_lost' then 1 - now_value / nullif(before_value, 0)
            when 'rows_gained' then now_value / nullif(before_value, 0) - 1
            when 'emptied' then case when before_value > 0 and now_value = 0 then 1 else 0 end
            when 'moved_back' then greatest(before_value - now_value, 0)
            when 'shares' then distance
            else abs(now_value - before_value)
        end as change,
        -- A loss is judged by what was there; shares and levels need rows on both sides.
        case
            when asked.figure = 'rows' then before_rows
            else least(before_rows, now_rows)
        end < asked.min_rows * category_count as is_too_small
    from asked
    inner join numbers
        on
            asked.compared = numbers.compared
            and asked.table_name = numbers.table_name
            and asked.column_name = numbers.column_name
            and asked.figure = numbers.figure
),
judged as (
    select
        changes.*,
        run_before.run_id as compared_with,
        this_run.explained_by,
        case
            when this_run.is_past then 'a rebuild of the past'
            when changes.compared = 'delivery' and changes.is_too_small then 'too few rows'
            when changes.compared = 'delivery' then null
            when run_before.run_id is null then 'first generation: nothing to compare with'
            when changes.is_too_small then 'too few rows'
            when changes.change is null then 'not measured before'
        end as not_judged_because
    from changes
    cross join this_run
    left join run_before on true
)
select
    $run_id, $gate, compared, compared_with, table_name, nullif(input_name, ''),
    nullif(column_name, ''), metric, before_value, now_value, before_rows, now_rows, change,
    warn_above, stop_above,
    case
        when not_judged_because is not null then 'not judged'
        -- Other rules or another mapping move things rightly: people are told, nothing stops.
        when change > stop_above and explained_by is null and not is_accepted then 'stop'
        when change > least(coalesce(warn_above, stop_above), coalesce(stop_above, warn_above))
            then 'warn'
        else 'ok'
    end,
    case
        when not_judged_because is not null then not_judged_because
        when change > stop_above and is_accepted then 'accepted for this run'
        else explained_by
    end
from judged
"""
