package io.nsfl.servicekit.grpc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.springframework.context.ApplicationListener;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

/** Where this service's gRPC server really listens, once it does: with port 0 nobody knows before. */
public final class GrpcServerAddress implements ApplicationListener<GrpcServerStartedEvent> {
    private final CompletableFuture<Integer> port = new CompletableFuture<>();

    @Override
    public void onApplicationEvent(GrpcServerStartedEvent started) {
        if (started.getPort() > 0) {
            port.complete(started.getPort());
        }
    }

    /** @throws IllegalStateException before the server has started */
    public int port() {
        Integer known = port.getNow(null);
        if (known == null) {
            throw new IllegalStateException("Cannot tell the port of the gRPC server: it has not started yet");
        }
        return known;
    }

    /** Completes when the server has started; for what must wait for it. */
    public CompletionStage<Integer> started() {
        return port.minimalCompletionStage();
    }
}
