# Runs beside the task until Flyte ends the pod. DATASET says where the lines go.
cd /var/log/task
until [ -n "$(ls -A .)" ]; do
  sleep 1
done
tail --follow=name --lines=+1 -- * | log-shipper --dataset "$DATASET"
