package io.nsfl.systemtests;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Who may know whom. A module is known by its root package; think hard about the layering before a rule here is changed. */
final class ArchitectureTest {
    private static final List<String> JPA = List.of(
            "jakarta.persistence..", "org.hibernate..", "org.springframework.data.jpa..", "org.springframework.orm..");

    private static final JavaClasses PLATFORM = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.nsfl");

    private static final List<String> SERVICES =
            List.of("scheduler", "selector", "proxy", "modelmanager", "coordinator", "taskmanager", "executor");

    /** Where the outside world is let in and everything else gets it as an argument. */
    private static final String COMPOSITION_ROOTS = ".*(Application|Configuration)(\\$.*)?";

    @TestFactory
    Stream<DynamicTest> eachServiceKnowsNoOther() {
        return SERVICES.stream().map(service -> {
            String[] others = SERVICES.stream()
                    .filter(other -> !other.equals(service))
                    .map(other -> "io.nsfl." + other + "..")
                    .toArray(String[]::new);
            ArchRule rule = noClasses()
                    .that()
                    .resideInAPackage("io.nsfl." + service + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .because("services are separate processes and meet only in protocol");
            return DynamicTest.dynamicTest(service, () -> rule.check(PLATFORM));
        });
    }

    @TestFactory
    Stream<DynamicTest> sharedModulesKeepToTheirOwn() {
        return Map.of(
                        "federation",
                                noClasses()
                                        .that()
                                        .resideInAPackage("io.nsfl.federation..")
                                        .should()
                                        .dependOnClassesThat(describe(
                                                "are outside the JDK and federation",
                                                type -> !type.getPackageName().startsWith("java")
                                                        && !type.getPackageName()
                                                                .startsWith("io.nsfl.federation")
                                                        && !type.getPackageName()
                                                                .isEmpty()))
                                        .because("the mathematics needs nothing but the JDK"),
                        "protocol and model-formats",
                                noClasses()
                                        .that()
                                        .resideInAnyPackage("io.nsfl.protocol..", "io.nsfl.modelformats..")
                                        .should()
                                        .dependOnClassesThat()
                                        .resideInAPackage("org.springframework..")
                                        .because("the contract and the file formats are used where there is no Spring"),
                        "shared modules",
                                noClasses()
                                        .that(resideInAnyPackage(
                                                "io.nsfl.protocol..",
                                                "io.nsfl.federation..",
                                                "io.nsfl.modelformats..",
                                                "io.nsfl.workload..",
                                                "io.nsfl.sandbox..",
                                                "io.nsfl.storage..",
                                                "io.nsfl.sessions..",
                                                "io.nsfl.servicekit.."))
                                        .should()
                                        .dependOnClassesThat()
                                        .resideInAnyPackage(SERVICES.stream()
                                                .map(service -> "io.nsfl." + service + "..")
                                                .toArray(String[]::new))
                                        .because("dependencies point from services to shared modules"),
                        "Kubernetes", onlyIn("io.fabric8..", "io.nsfl.workload.."),
                        "JDBC", onlyIn("java.sql..", "io.nsfl.storage..", "io.nsfl.standalone.."),
                        "JPA", onlyIn(JPA, "io.nsfl.storage.document.postgres.."),
                        "S3", onlyIn("io.minio..", "io.nsfl.storage..", "io.nsfl.ctl.."),
                        "DL4J", onlyIn("org.deeplearning4j..", "io.nsfl.sdk.."),
                        "ND4J", onlyIn("org.nd4j..", "io.nsfl.sdk.."),
                        "LMDB", onlyIn("org.lmdbjava..", "io.nsfl.taskmanager.."))
                .entrySet()
                .stream()
                .map(rule -> DynamicTest.dynamicTest(
                        rule.getKey(),
                        () -> rule.getValue().allowEmptyShould(true).check(PLATFORM)));
    }

    @TestFactory
    Stream<DynamicTest> timeRandomnessAndIdsComeAsArguments() {
        Map<String, String> banned = Map.of(
                "java.time.Instant", "now",
                "java.time.LocalDateTime", "now",
                "java.lang.System", "currentTimeMillis|nanoTime|getenv",
                "java.lang.Thread", "sleep",
                "java.lang.Math", "random",
                "java.util.UUID", "randomUUID");
        return banned.entrySet().stream()
                .map(ban -> DynamicTest.dynamicTest(
                        ban.getKey(),
                        () -> noClasses()
                                .that()
                                .haveNameNotMatching(COMPOSITION_ROOTS)
                                // Commands that a person runs once have no test clock to follow.
                                .and(describe(
                                        "belong to the platform",
                                        type -> !resideInAnyPackage(
                                                        "io.nsfl.standalone..", "io.nsfl.ctl..", "io.nsfl.sdk..")
                                                .test(type)))
                                .should()
                                .callMethodWhere(describe(
                                        ban.getKey() + "." + ban.getValue(),
                                        call -> call.getTargetOwner()
                                                        .getFullName()
                                                        .equals(ban.getKey())
                                                && call.getName().matches(ban.getValue())
                                                // Instant.now(clock) asks the clock that was given.
                                                && call.getTarget()
                                                                .getRawParameterTypes()
                                                                .size()
                                                        < 1
                                                                + (call.getName()
                                                                                        .equals("sleep")
                                                                                || call.getName()
                                                                                        .equals("getenv")
                                                                        ? 2
                                                                        : 0)))
                                .because("a test says what time it is")
                                .check(PLATFORM)));
    }

    @TestFactory
    Stream<DynamicTest> namesSayWhatThingsAre() {
        return Stream.of(
                        noClasses()
                                .should(com.tngtech.archunit.lang.conditions.ArchConditions.be(
                                        simpleNameEndingWith("Impl")
                                                .or(simpleNameEndingWith("Helper"))
                                                .or(simpleNameEndingWith("Util"))
                                                .or(simpleNameEndingWith("Utils"))
                                                .or(simpleNameEndingWith("Manager"))))
                                .because("every class has a name of its own"),
                        noClasses()
                                .should()
                                .resideInAnyPackage(
                                        "..util..", "..utils..", "..common..", "..helper..", "..impl..", "..core..")
                                .because("packages are steps of the flow"))
                .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(PLATFORM)));
    }

    @TestFactory
    Stream<DynamicTest> packagesOfAModuleAreFreeOfCycles() {
        return Stream.concat(
                        SERVICES.stream(),
                        Stream.of("federation", "modelformats", "workload", "storage", "sessions", "ctl", "standalone"))
                .map(module -> DynamicTest.dynamicTest(
                        module,
                        () -> slices().matching("io.nsfl." + module + ".(**)")
                                .should()
                                .beFreeOfCycles()
                                .allowEmptyShould(true)
                                .check(PLATFORM)));
    }

    @TestFactory
    Stream<DynamicTest> theRulesSeeThePlatform() {
        return Stream.concat(
                        SERVICES.stream(),
                        Stream.of("federation", "protocol", "modelformats", "storage", "workload", "sandbox"))
                .map(module -> DynamicTest.dynamicTest(
                        module,
                        () -> assertThat(PLATFORM)
                                .as("classes below io.nsfl.%s", module)
                                .anyMatch(type -> type.getPackageName().startsWith("io.nsfl." + module))));
    }

    private static ArchRule onlyIn(String library, String... modules) {
        return onlyIn(List.of(library), modules);
    }

    private static ArchRule onlyIn(List<String> libraries, String... modules) {
        return noClasses()
                .that(describe(
                        "are not in " + String.join(", ", modules),
                        (JavaClass type) -> Stream.of(modules)
                                        .noneMatch(module ->
                                                resideInAPackage(module).test(type))
                                && !nameMatching("io\\.nsfl\\.benchmarks\\..*").test(type)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries.toArray(String[]::new))
                .because(String.join(", ", libraries) + " is the business of " + String.join(", ", modules));
    }
}
