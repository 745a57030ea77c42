// SPDX-License-Identifier: Apache-2.0
package corridor.interop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.eclipse.edc.connector.dataplane.spi.Endpoint;
import org.eclipse.edc.connector.dataplane.spi.iam.DataPlaneAuthorizationService;
import org.eclipse.edc.connector.dataplane.spi.iam.PublicEndpointGeneratorService;
import org.eclipse.edc.edr.spi.store.EndpointDataReferenceStore;
import org.eclipse.edc.runtime.metamodel.annotation.Inject;
import org.eclipse.edc.spi.security.Vault;
import org.eclipse.edc.spi.system.ServiceExtension;
import org.eclipse.edc.spi.system.ServiceExtensionContext;
import org.eclipse.edc.spi.types.TypeManager;

/**
 * What a connector of this version lacks to hand over bytes, and nothing of the protocol: the key that
 * signs access tokens; GET /public, which asks the connector's own authorization service for the source
 * behind a token and pipes it; GET /edr/ID, the data address of a transfer as the consumer's connector
 * stored it. Settings: interop.port, and the two key aliases of the data plane.
 */
public class Interop implements ServiceExtension {
  private static final String EDC = "https://w3id.org/edc/v0.0.1/ns/";

  @Inject private Vault vault;
  @Inject private PublicEndpointGeneratorService endpoints;
  @Inject private DataPlaneAuthorizationService authorization;
  @Inject private EndpointDataReferenceStore references;
  @Inject private TypeManager types;

  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  @Override
  public void initialize(ServiceExtensionContext context) {
    int port = context.getConfig().getInteger("interop.port");
    endpoints.addGeneratorFunction(
        "HttpData", source -> Endpoint.url("http://localhost:" + port + "/public"));
    try {
      storeKeys(context);
      server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    } catch (Exception error) {
      throw new IllegalStateException(error);
    }
    server.createContext("/public", this::serveData);
    server.createContext("/edr/", this::serveReference);
    server.setExecutor(Executors.newCachedThreadPool());
  }

  @Override
  public void start() {
    server.start();
  }

  private void storeKeys(ServiceExtensionContext context) throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    var keys = generator.generateKeyPair();
    var config = context.getConfig();
    vault.storeSecret(
        config.getString("edc.transfer.proxy.token.signer.privatekey.alias"),
        pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    vault.storeSecret(
        config.getString("edc.transfer.proxy.token.verifier.publickey.alias"),
        pem("PUBLIC KEY", keys.getPublic().getEncoded()));
  }

  private static String pem(String what, byte[] key) {
    var text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(key);
    return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
  }

  private void serveData(HttpExchange exchange) throws IOException {
    var token = exchange.getRequestHeaders().getFirst("Authorization");
    if (token == null) {
      answer(exchange, 401, "no token");
      return;
    }
    var source = authorization.authorize(token, Map.of());
    if (source.failed()) {
      answer(exchange, 403, source.getFailureDetail());
      return;
    }
    var address = URI.create(source.getContent().getStringProperty(EDC + "baseUrl"));
    try {
      var data =
          client.send(
              HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofInputStream());
      exchange
          .getResponseHeaders()
          .set("Content-Type", data.headers().firstValue("Content-Type").orElse("application/octet-stream"));
      exchange.sendResponseHeaders(data.statusCode(), 0);
      try (InputStream in = data.body(); var out = exchange.getResponseBody()) {
        in.transferTo(out);
      }
    } catch (InterruptedException error) {
      answer(exchange, 500, "interrupted");
    }
  }

  private void serveReference(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    var found = references.resolveByTransferProcess(path.substring("/edr/".length()));
    if (found.failed()) {
      answer(exchange, 404, found.getFailureDetail());
      return;
    }
    var properties =
        found.getContent().getProperties().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> String.valueOf(e.getValue())));
    answer(exchange, 200, types.writeValueAsString(properties));
  }

  private static void answer(HttpExchange exchange, int status, String words) throws IOException {
    var bytes = words.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }
}
