select term_key, term_en, term_fr, definition_en, definition_fr, coalesce(formula, '') as formula,
    coalesce(synonyms_en, '') as synonyms_en, coalesce(synonyms_fr, '') as synonyms_fr,
    coalesce(model || '.' || "column", '') as defined_in
from seeds.glossary
order by term_en
