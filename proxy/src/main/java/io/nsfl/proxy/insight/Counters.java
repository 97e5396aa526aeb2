package io.nsfl.proxy.insight;

import io.nsfl.protocol.fault.Fault;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What has happened since the start. Safe from any thread. */
public final class Counters {
    private final Map<String, LongAdder> values = new ConcurrentSkipListMap<>();

    /** A stream was let in. @param service one of the few that are */
    public void passed(String service) {
        add("nsfl_proxy_streams_total{service=\"" + service + "\"}");
    }

    /** A stream was refused. */
    public void refused(Fault fault) {
        add("nsfl_proxy_refusals_total{fault=\"" + fault + "\"}");
    }

    /** nginx took new files. */
    public void reloaded() {
        add("nsfl_proxy_nginx_reloads_total");
    }

    /** New files were refused by nginx; it goes on with the old ones. */
    public void configurationRefused() {
        add("nsfl_proxy_nginx_refused_configurations_total");
    }

    /** nginx ended, and was started again. */
    public void restarted() {
        add("nsfl_proxy_nginx_restarts_total");
    }

    private void add(String name) {
        values.computeIfAbsent(name, key -> new LongAdder()).increment();
    }

    /** One line each, as Prometheus reads them. */
    String text() {
        StringBuilder text = new StringBuilder();
        values.forEach((name, value) ->
                text.append(name).append(' ').append(value.sum()).append('\n'));
        return text.toString();
    }
}
