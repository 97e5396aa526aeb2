SwaggerUIBundle({
  url: "../openapi.yaml",
  dom_id: "#reference",
  deepLinking: true,
  // Documents are not sent anywhere to be checked.
  validatorUrl: null,
});
