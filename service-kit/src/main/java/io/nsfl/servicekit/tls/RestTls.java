package io.nsfl.servicekit.tls;

import io.nsfl.servicekit.tls.TlsProperties.ClientAuth;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.springframework.boot.tomcat.TomcatConnectorCustomizer;

/**
 * Makes a REST port speak TLS only, where it is on. Certificates of callers are asked for but not demanded at the handshake, even where
 * they are needed: probes of a service's health have none, and the access filter refuses everything else without one.
 */
public final class RestTls implements TomcatConnectorCustomizer {
    private final TransportSecurity security;
    private final ClientAuth clientAuth;

    public RestTls(TransportSecurity security, ClientAuth clientAuth) {
        this.security = security;
        this.clientAuth = clientAuth;
    }

    @Override
    public void customize(Connector connector) {
        if (!security.secured()) {
            return;
        }
        AbstractHttp11Protocol<?> protocol = (AbstractHttp11Protocol<?>) connector.getProtocolHandler();
        SSLHostConfig host = new SSLHostConfig();
        host.setHostName(protocol.getDefaultSSLHostConfigName());
        host.setProtocols("TLSv1.2+TLSv1.3");
        host.setCertificateVerification(
                switch (clientAuth) {
                    case NONE -> "none";
                    case WANT, NEED -> "optional";
                });
        SSLHostConfigCertificate certificate =
                new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
        certificate.setSslContext(new TomcatContext(security));
        host.addCertificate(certificate);
        protocol.setSSLEnabled(true);
        connector.setScheme("https");
        connector.setSecure(true);
        connector.addSslHostConfig(host);
    }
}
