package io.nsfl.servicekit.security;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Headers;
import java.util.Set;
import java.util.function.Predicate;

/** Lets calls of some services in only with the right secret in their header; other services on the same server are left alone. */
public final class SecretServerInterceptor implements ServerInterceptor {
    private final Metadata.Key<String> header;
    private final Set<String> services;
    private final Predicate<String> accepts;

    private SecretServerInterceptor(String header, Set<String> services, Predicate<String> accepts) {
        this.header = Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER);
        this.services = Set.copyOf(services);
        this.accepts = accepts;
    }

    /** {@code nsfl-internal}. @param services full names, for example {@code SelectionServiceGrpc.SERVICE_NAME} */
    public static SecretServerInterceptor internal(InternalSecret secret, Set<String> services) {
        return new SecretServerInterceptor(Headers.INTERNAL, services, secret::matches);
    }

    /** {@code nsfl-executor}, one credential: at an executor. */
    public static SecretServerInterceptor executor(InternalSecret credential, Set<String> services) {
        return new SecretServerInterceptor(Headers.EXECUTOR, services, credential::matches);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (services.contains(call.getMethodDescriptor().getServiceName())) {
            String presented = headers.get(header);
            if (presented == null || !accepts.test(presented)) {
                throw new FaultException(
                        Fault.UNAUTHENTICATED,
                        "This call needs the metadata " + header.name() + " with the right secret; it "
                                + (presented == null ? "had none." : "had another one."));
            }
        }
        return next.startCall(call, headers);
    }
}
