package io.nsfl.servicekit.security;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.nsfl.protocol.ids.Headers;

/** Puts one header on every call of a channel or stub: a secret, or the job a call is for. */
public final class SecretClientInterceptor implements ClientInterceptor {
    private final Metadata.Key<String> header;
    private final String value;

    private SecretClientInterceptor(String header, String value) {
        this.header = Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER);
        this.value = value;
    }

    /** {@code nsfl-internal}: calls of SelectionService and CoordinatorControl. */
    public static SecretClientInterceptor internal(InternalSecret secret) {
        return new SecretClientInterceptor(Headers.INTERNAL, secret.hex());
    }

    /** {@code nsfl-executor}: calls between a task-manager and its executors. */
    public static SecretClientInterceptor executor(InternalSecret credential) {
        return new SecretClientInterceptor(Headers.EXECUTOR, credential.hex());
    }

    /** {@code nsfl-job}: calls of TaskService. @param route {@code <namespace>-<job>} */
    public static SecretClientInterceptor job(String route) {
        return new SecretClientInterceptor(Headers.JOB, route);
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                headers.put(header, value);
                super.start(listener, headers);
            }
        };
    }
}
