package io.nsfl.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.nsfl.protocol.job.JobConfigReader;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The OpenAPI document says what the services do, no more and no less. */
class ApiDocumentTest {
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "head", "patch", "options", "trace");

    /** The page explains itself, and what the platform's own parts say to each other is not reachable from outside. */
    private static final Set<String> NOT_DOCUMENTED = Set.of(
            "GET /api/v1/docs",
            "GET /api/v1/docs/",
            "GET /api/v1/docs/{}",
            "GET /api/v1/internal/routes",
            "PUT /api/v1/heartbeat");

    private final Map<String, Object> document = load();

    @Test
    void documentsEveryMappingAndMapsEveryDocumentedPath() {
        Set<String> mapped = new TreeSet<>();
        JavaClasses services = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.nsfl.scheduler", "io.nsfl.modelmanager");
        services.stream()
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.isMetaAnnotatedWith(RequestMapping.class)
                        || method.isAnnotatedWith(RequestMapping.class))
                .flatMap(ApiDocumentTest::mappings)
                .filter(mapping -> !NOT_DOCUMENTED.contains(mapping))
                .forEach(mapped::add);

        Set<String> documented = new TreeSet<>();
        at(document, "paths")
                .forEach((path, item) -> object(item).keySet().stream()
                        .filter(METHODS::contains)
                        .forEach(method -> documented.add(method.toUpperCase() + " " + nameless(path))));

        assertThat(documented).isEqualTo(mapped);
    }

    @Test
    void documentsTheFieldsOfAJobThatAreRead() {
        Map<String, Object> schemas = at(at(document, "components"), "schemas");
        Set<String> documented =
                new TreeSet<>(at(object(schemas.get("JobFields")), "properties").keySet());
        documented.addAll(at(object(schemas.get("Job")), "properties").keySet());

        assertThat(documented).isEqualTo(new TreeSet<>(JobConfigReader.jobFields()));
    }

    private static Stream<String> mappings(JavaMethod method) {
        RequestMapping own = AnnotatedElementUtils.findMergedAnnotation(method.reflect(), RequestMapping.class);
        RequestMapping shared =
                AnnotatedElementUtils.findMergedAnnotation(method.getOwner().reflect(), RequestMapping.class);
        return paths(shared)
                .flatMap(base -> paths(own).map(path -> nameless(base + path)))
                .flatMap(
                        path -> Stream.of(own.method()).map(RequestMethod::name).map(verb -> verb + " " + path));
    }

    private static Stream<String> paths(RequestMapping mapping) {
        return mapping == null || mapping.path().length == 0 ? Stream.of("") : Stream.of(mapping.path());
    }

    private static String nameless(String path) {
        return path.replaceAll("\\{[^}]*}", "{}");
    }

    private static Map<String, Object> load() {
        InputStream yaml = JobConfigReader.class.getResourceAsStream("/openapi/nsfl.yaml");
        return new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
    }

    private static Map<String, Object> at(Map<String, Object> parent, String name) {
        assertThat(parent).containsKey(name);
        return object(parent.get(name));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }
}
