package io.nsfl.servicekit.tls;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Hands the service's {@link TransportSecurity} to its gRPC server, under the name that {@link TlsSwitch} tells the server. */
@Configuration(proxyBeanMethods = false)
@Import(TlsConfiguration.class)
public class TlsServerConfiguration {
    @Bean
    SslBundleRegistrar grpcServerBundle(ObjectProvider<TransportSecurity> provided) {
        return registry -> {
            TransportSecurity security = provided.getObject();
            if (security.secured()) {
                registry.registerBundle(
                        TlsSwitch.BUNDLE,
                        SslBundle.of(
                                null,
                                null,
                                null,
                                null,
                                SslManagerBundle.of(TlsManagers.keys(security), TlsManagers.trust(security))));
            }
        };
    }
}
