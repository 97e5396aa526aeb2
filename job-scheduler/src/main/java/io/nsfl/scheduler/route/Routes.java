package io.nsfl.scheduler.route;

import io.nsfl.protocol.ids.JobKey;

/**
 * The routes that the proxy is to have. Calls return at once and never fail: a proxy that is away learns of it when it is back, and no job
 * waits for that. Harmless when repeated. Safe from any thread.
 */
public interface Routes extends AutoCloseable {
    /** Clients of this job are led to this address from now on. @param address {@code host:port}, as the proxy dials it */
    void register(JobKey job, String address);

    /** Nobody is led there any more. */
    void remove(JobKey job);

    @Override
    void close();

    /** Where there is no proxy: clients are told their coordinator's address. */
    static Routes none() {
        return new Routes() {
            @Override
            public void register(JobKey job, String address) {}

            @Override
            public void remove(JobKey job) {}

            @Override
            public void close() {}
        };
    }
}
