/** etcd's limits and intervals as kubeadm runs it: defaults of server/embed/config.go v3.6 and of the lessor. */

/** A write is answered when it is on disk. */
export const commitMs = 1;
/** Operations in each part of a transaction (--max-txn-ops). */
export const maxTxnOps = 128;
/** Bytes of a request that is written (--max-request-bytes); values whose size is not a known number do not count. */
export const maxRequestBytes = 1_572_864;
/** Size of the database at which writes are refused (--quota-backend-bytes). */
export const quotaBytes = 2 * 1024 * 1024 * 1024;
/** Revisions of history in one message to a watcher that catches up (mvcc/watcher_group.go, watchBatchMaxRevs). */
export const catchUpRevisionsPerMessage = 1000;
/** How often a watcher that asked hears the revision (--watch-progress-notify-interval in kubeadm's manifest). */
export const progressNotifyMs = 5_000;
/** Shortest lease: one and a half election timeouts, in whole seconds. */
export const minLeaseTtlSeconds = 2;
export const maxLeaseTtlSeconds = 9_000_000_000;
/** How often the lessor looks for expired leases, and how many it revokes each time. */
export const leaseCheckMs = 500;
export const leasesRevokedPerCheck = 500;
/** Where members serve clients and each other. */
export const clientPort = 2379;
export const peerPort = 2380;
/** Where it answers health checks over plain HTTP (--listen-metrics-urls in kubeadm's manifest). */
export const metricsPort = 2381;
