package io.nsfl.proxy.surface;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.boot.tomcat.TomcatConnectorCustomizer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/** The proxy's own ports: adds those beside the main one, and keeps to each what belongs to it. */
public final class Surfaces extends HttpFilter implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    /** A client's certificate travels in a header. */
    private static final int MAX_HEADER_BYTES = 64 << 10;

    private final transient Connector routes;
    private final transient Connector door;

    /**
     * @param bind where the route API listens; the door is on loopback always
     * @param tls of the route API, whose callers show a secret
     */
    public Surfaces(String bind, int routePort, int doorPort, TomcatConnectorCustomizer tls) {
        routes = connector(bind, routePort);
        tls.customize(routes);
        door = connector("127.0.0.1", doorPort);
    }

    private static Connector connector(String bind, int port) {
        Connector connector = new Connector();
        connector.setPort(port);
        AbstractHttp11Protocol<?> protocol = (AbstractHttp11Protocol<?>) connector.getProtocolHandler();
        protocol.setAddress(address(bind));
        protocol.setMaxHttpRequestHeaderSize(MAX_HEADER_BYTES);
        // nginx keeps its connections for as long as it likes.
        protocol.setMaxKeepAliveRequests(-1);
        protocol.setKeepAliveTimeout(120_000);
        return connector;
    }

    private static InetAddress address(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException("NSFL_BIND " + host + " is no address of this machine", unknown);
        }
    }

    @Override
    public void customize(TomcatServletWebServerFactory tomcat) {
        tomcat.addAdditionalConnectors(routes, door);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (of(request.getLocalPort()).serves(request.getRequestURI())) {
            chain.doFilter(request, response);
        } else {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        }
    }

    private Surface of(int port) {
        if (port == doorPort()) {
            return Surface.DOOR;
        }
        return port == routePort() ? Surface.ROUTES : Surface.HEALTH;
    }

    /** Where the route API listens, once it does. */
    public int routePort() {
        return routes.getLocalPort();
    }

    /** Where nginx asks, once the service listens. */
    public int doorPort() {
        return door.getLocalPort();
    }
}
