package io.nsfl.systemtests.crash;

import java.io.IOException;

/** The platform's server side as processes that can be killed and started again, at addresses that stay. */
interface ServerSide extends AutoCloseable {
    /** Returns when the API answers. */
    void start() throws Exception;

    /** {@code host:port} of the REST API. */
    String api();

    /** {@code host:port} where clients connect. */
    String door();

    Program selector();

    /** May be the same process as the selector's. */
    Program scheduler();

    /** Starts one of them again, after it was killed; returns when it answers. */
    void restart(Program killed) throws Exception;

    /** Kills the database's server process and does what its owner would: makes it run again. */
    void killDatabase() throws Exception;

    @Override
    void close() throws IOException;
}
