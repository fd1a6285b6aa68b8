# Fetches this shard's part of the pages of some sites: `crawl.sh SITEMAP…`.
for sitemap in "$@"; do
  crawler list "$sitemap" | awk -v n="$SHARDS" -v i="$SHARD" 'NR % n == i' | crawler fetch --into "$INDEX"
done 2>&1 | tee -a /var/log/task/crawl.log
