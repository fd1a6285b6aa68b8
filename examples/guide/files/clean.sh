# Takes rows without an id out of the tables in /data.
for table in /data/*.csv; do
  awk -F, 'NR == 1 || $1 != ""' "$table" > "${table%.csv}.clean.csv"
done
