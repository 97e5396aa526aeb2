package io.nsfl.servicekit.tls;

import io.nsfl.servicekit.rest.PeerHttp;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Imported by services whose REST follows the switch of TLS: their own port, and their calls to each other's. */
@Configuration(proxyBeanMethods = false)
@Import(TlsConfiguration.class)
public class RestTlsConfiguration {
    @Bean
    RestTls restTls(TransportSecurity security, TlsProperties properties) {
        return new RestTls(security, properties.clientAuth());
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> restTlsPort(RestTls tls) {
        return factory -> factory.addConnectorCustomizers(tls);
    }

    @Bean
    PeerHttp peerHttp(TransportSecurity security) {
        return PeerHttp.open(security);
    }
}
