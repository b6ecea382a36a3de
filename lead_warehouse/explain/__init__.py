"""Why a lead has its score and stage, at any instant."""
