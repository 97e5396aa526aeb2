package io.nsfl.scheduler;

import java.util.function.Supplier;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/** Where coordinators reach this service: as configured, or on this machine at the port that was really opened. */
public final class OwnAddress implements Supplier<String>, ApplicationListener<WebServerInitializedEvent> {
    private final String configured;
    private volatile int port;

    OwnAddress(String configured) {
        this.configured = configured;
    }

    @Override
    public void onApplicationEvent(WebServerInitializedEvent opened) {
        port = opened.getWebServer().getPort();
    }

    /** @throws IllegalStateException before the port is open */
    @Override
    public String get() {
        if (!configured.isEmpty()) {
            return configured;
        }
        if (port == 0) {
            throw new IllegalStateException("Cannot tell this service's address: its port is not open yet");
        }
        return "127.0.0.1:" + port;
    }
}
