package io.nsfl.scheduler;

import io.nsfl.scheduler.job.JobTable;
import io.nsfl.scheduler.route.CoordinatorAddress;
import io.nsfl.scheduler.route.JobRoutes;
import io.nsfl.scheduler.route.ProxyCalls;
import io.nsfl.scheduler.route.ProxyRoutes;
import io.nsfl.scheduler.route.RouteController;
import io.nsfl.scheduler.route.Routes;
import io.nsfl.servicekit.rest.PeerHttp;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.time.Timers;
import java.security.SecureRandom;
import java.util.concurrent.ExecutorService;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What tells the proxy where coordinators are; a launcher that knows better than their own reports brings its {@link CoordinatorAddress}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RouteProperties.class)
public class RouteConfiguration {
    @Bean(destroyMethod = "close")
    Routes routes(
            RouteProperties properties,
            InternalSecret secret,
            PeerHttp http,
            Timers timers,
            ExecutorService jobThreads) {
        if (!properties.viaProxy()) {
            return Routes.none();
        }
        String token = properties.token().isEmpty() ? secret.hex() : properties.token();
        return new ProxyRoutes(
                new ProxyCalls(http, properties.proxyAddress(), token), timers, jobThreads, new SecureRandom());
    }

    @Bean
    @ConditionalOnMissingBean
    CoordinatorAddress coordinatorAddress() {
        return CoordinatorAddress.reported();
    }

    @Bean
    JobRoutes jobRoutes(Routes routes, CoordinatorAddress addresses, JobTable table) {
        return new JobRoutes(routes, addresses, table);
    }

    @Bean
    RouteController routeController(JobRoutes routes) {
        return new RouteController(routes);
    }
}
