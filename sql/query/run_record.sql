-- run_record($1 list): record what was done with leased runs, a row each
select n, verdict, problem from hookline.run_record($1::jsonb) order by n
