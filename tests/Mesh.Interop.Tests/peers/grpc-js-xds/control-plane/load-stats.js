'use strict';

// Load reporting: asks for reports and adds them up by cluster.

class LoadStream {
  constructor(call, plane) {
    this.call = call;
    this.plane = plane;
    this.record = plane.journal.open('lrs', call.getPeer());
    this.record.reports = { messages: 0, clusters: {} };
  }

  receive(request) {
    this.record.request(request);
    if (this.record.requests === 1) {
      const { intervalMs, clusters } = this.plane.loadReporting;
      this.call.write({
        send_all_clusters: clusters === undefined,
        clusters: clusters ?? [],
        load_reporting_interval: { seconds: Math.floor(intervalMs / 1000), nanos: (intervalMs % 1000) * 1e6 },
      });
    } else {
      this.record.reports.messages++;
    }
    request.cluster_stats.forEach((stats) => this.#add(stats));
    this.plane.journal.happened();
  }

  // Types have nothing to do with load.
  publish() {}

  repeat() {}

  get idle() {
    return true;
  }

  #add(stats) {
    const total = this.record.reports.clusters[stats.cluster_name] ??= {
      service: stats.cluster_service_name, reports: 0, issued: 0, successful: 0, failed: 0, dropped: 0, localities: [],
    };
    total.reports++;
    total.dropped += stats.total_dropped_requests;
    for (const local of stats.upstream_locality_stats) {
      total.issued += local.total_issued_requests;
      total.successful += local.total_successful_requests;
      total.failed += local.total_error_requests;
      const { region = '', zone = '', sub_zone: subZone = '' } = local.locality ?? {};
      const name = `${region}/${zone}/${subZone}`;
      if (!total.localities.includes(name)) {
        total.localities.push(name);
      }
    }
  }
}

module.exports = { LoadStream };
