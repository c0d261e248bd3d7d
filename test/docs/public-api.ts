import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import ts from "typescript";
import { root } from "../support/built.ts";

/** Something that the package exports, or a member of it. */
export interface Documented {
  /** Where a reader finds it: `sync.Plan.rows`. */
  readonly name: string;
  readonly file: string;
  /** Its own comment, tags included; empty where it has none. */
  readonly comment: string;
  /** The comment of what it is a member of; undefined for what is exported itself. */
  readonly above?: string;
  /** Absent where it has no type of its own, such as an interface. */
  readonly type?: string;
  readonly isNumber: boolean;
  /** Its type has a comment, and its name: `operation: Operation`, `bindings: readonly CheckedBinding[]`. */
  readonly isNamedAfterType: boolean;
  /** One value and no other, such as what tells the members of a union apart. */
  readonly isLiteral: boolean;
  /** A function that has a `throw` of its own. */
  readonly throws: boolean;
}

const manifest: { exports: Record<string, unknown> } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Every public entry and the file behind it: `./kit` is `src/kit/index.ts`, `./adapters/acme` is `adapters/acme/index.ts`. */
const entries = Object.keys(manifest.exports)
  .filter((entry) => entry !== "./package.json")
  .map((entry) => {
    const folder = entry.startsWith("./adapters/") ? entry.slice(2) : join("src", entry);
    return { entry: entry === "." ? "gatefold" : basename(entry), file: join(root, folder, "index.ts") };
  });

/** Everything that the public entries export, each once, with the members of interfaces, object types and classes. */
export function publicApi(): readonly Documented[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    options,
  );
  const checker = program.getTypeChecker();
  const seen = new Set<ts.Symbol>();
  return entries.flatMap(({ entry, file }) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`there is no ${file} behind the entry ${entry}`);
    return checker.getExportsOfModule(module).flatMap((exported) => {
      const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
      const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
      if (seen.has(symbol) || !isOwn(symbol)) return [];
      seen.add(symbol);
      return described(checker, symbol, `${entry}.${exported.name}`, undefined);
    });
  });
}

function described(checker: ts.TypeChecker, symbol: ts.Symbol, name: string, above: string | undefined): Documented[] {
  const [declaration] = symbol.declarations ?? [];
  if (declaration === undefined) return [];
  const type = typeOf(checker, symbol, declaration);
  const own: Documented = {
    name,
    file: declaration.getSourceFile().fileName.slice(root.length + 1),
    comment: commentOf(symbol) || ts.displayPartsToString(symbol.getDocumentationComment(checker)),
    ...(above === undefined ? {} : { above }),
    ...(type === undefined ? {} : { type: checker.typeToString(type) }),
    isNumber: type !== undefined && isNumber(checker, type),
    isNamedAfterType: type !== undefined && isNamedAfter(checker, type, symbol.name),
    isLiteral: type?.isLiteral() === true,
    throws: isThrowing(declaration),
  };
  const below = above === undefined ? own.comment : `${above}\n${own.comment}`;
  return [
    own,
    ...membersOf(declaration).flatMap((member) => {
      const inner = checker.getSymbolAtLocation(member.name ?? member);
      return inner === undefined ? [] : described(checker, inner, `${name}.${inner.name}`, below);
    }),
  ];
}

const isOwn = (symbol: ts.Symbol) =>
  (symbol.declarations ?? []).some((each) => {
    const { fileName } = each.getSourceFile();
    return fileName.startsWith(root) && !fileName.includes("/node_modules/");
  });

function commentOf(symbol: ts.Symbol): string {
  const comments = (symbol.declarations ?? []).flatMap((declaration) => {
    // A constant's comment stands above its statement.
    const holder = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    return ts.getJSDocCommentsAndTags(holder).map((each) => each.getText());
  });
  return comments.join("\n");
}

function typeOf(checker: ts.TypeChecker, symbol: ts.Symbol, node: ts.Declaration): ts.Type | undefined {
  const isValue = (symbol.flags & (ts.SymbolFlags.Value | ts.SymbolFlags.Property)) !== 0;
  return isValue ? checker.getTypeOfSymbolAtLocation(symbol, node) : undefined;
}

function isNumber(checker: ts.TypeChecker, type: ts.Type): boolean {
  const parts = type.isUnion() ? type.types : [type];
  return parts.some((part) => checker.typeToString(part) === "number");
}

function isNamedAfter(checker: ts.TypeChecker, type: ts.Type, name: string): boolean {
  const parts = type.isUnion() ? type.types : [type];
  const items = parts.flatMap((part) => elementsOf(checker, part));
  const words = [name.toLowerCase(), name.toLowerCase().replace(/s$/, "")];
  return [type, ...parts, ...items].some((part) => {
    const symbol = part.aliasSymbol ?? part.getSymbol();
    const isSame = words.some((word) => symbol?.name.toLowerCase().endsWith(word));
    return symbol !== undefined && isSame && isOwn(symbol) && commentOf(symbol) !== "";
  });
}

function elementsOf(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  const element = checker.isArrayType(type) ? checker.getIndexTypeOfType(type, ts.IndexKind.Number) : undefined;
  return element === undefined ? [] : [element];
}

function isThrowing(declaration: ts.Declaration): boolean {
  const body = "body" in declaration ? (declaration.body as ts.Node | undefined) : undefined;
  const thrown = (node: ts.Node): boolean => {
    if (ts.isThrowStatement(node)) return true;
    // What a callback throws, its caller decides about.
    if (node !== body && ts.isFunctionLike(node)) return false;
    return ts.forEachChild(node, (child) => thrown(child) || undefined) === true;
  };
  return body !== undefined && thrown(body);
}

type Member = ts.TypeElement | ts.ClassElement;

function membersOf(declaration: ts.Declaration): readonly Member[] {
  if (ts.isInterfaceDeclaration(declaration)) return declaration.members;
  if (ts.isClassDeclaration(declaration)) return declaration.members.filter(isPublic);
  if (ts.isTypeAliasDeclaration(declaration)) return literalsIn(declaration.type);
  const holdsType = ts.isPropertySignature(declaration) || ts.isPropertyDeclaration(declaration);
  return holdsType && declaration.type !== undefined ? literalsIn(declaration.type) : [];
}

/** The members of object types that are written out in a type. */
function literalsIn(type: ts.TypeNode): readonly Member[] {
  if (ts.isTypeLiteralNode(type)) return type.members;
  if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type)) return type.types.flatMap(literalsIn);
  return ts.isParenthesizedTypeNode(type) ? literalsIn(type.type) : [];
}

function isPublic(member: ts.ClassElement): boolean {
  if (member.name === undefined || ts.isPrivateIdentifier(member.name)) return false;
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return (ts.getCombinedModifierFlags(member) & hidden) === 0;
}
