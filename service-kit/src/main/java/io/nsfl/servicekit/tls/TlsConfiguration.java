package io.nsfl.servicekit.tls;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How this service's connections are secured, by {@link TlsProperties}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TlsProperties.class)
public class TlsConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(TlsConfiguration.class);

    @Bean
    TransportSecurity transportSecurity(TlsProperties properties) {
        if (!properties.directory().isBlank()) {
            LOG.info(
                    "TLS is on with the files of {}, client certificates: {}",
                    properties.directory(),
                    properties.clientAuth());
        }
        return TransportSecurity.of(properties).watching(properties.reloadInterval());
    }
}
