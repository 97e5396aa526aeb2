package io.nsfl.servicekit.grpc;

import io.grpc.netty.NettyServerBuilder;
import io.nsfl.protocol.ids.IdSource;
import io.nsfl.servicekit.fault.GrpcFaultInterceptor;
import io.nsfl.servicekit.tls.TlsServerConfiguration;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/** Imported by every service with a gRPC server: tuning, transport security, fault translation, and the address it listens on. */
@Configuration(proxyBeanMethods = false)
@Import(TlsServerConfiguration.class)
public class GrpcServerConfiguration {
    /** Order of the fault translator; interceptors that may refuse a call come after it. */
    public static final int FAULTS_FIRST = -1000;

    @Bean
    ServerBuilderCustomizer<NettyServerBuilder> grpcServerTuning() {
        return new GrpcServerTuning();
    }

    @Bean
    GrpcServerAddress grpcServerAddress() {
        return new GrpcServerAddress();
    }

    @Bean
    @GlobalServerInterceptor
    @Order(FAULTS_FIRST)
    GrpcFaultInterceptor grpcFaultInterceptor(ObjectProvider<IdSource> ids, ConfigurableApplicationContext context) {
        return new GrpcFaultInterceptor(
                ids.getIfUnique(() -> () -> UUID.randomUUID().toString()), context::isClosed);
    }
}
