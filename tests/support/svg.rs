//! What every SVG in the book has to be.

use roxmltree::Document;

const SAYS_A_COLOUR: &[&str] =
    &["fill", "stroke", "color", "background", "background-color", "stop-color"];

/// Its colours are those of the text around it, and its rules reach no other picture.
pub fn has_no_colour(name: &str, svg: &str, class: &str) {
    let document = Document::parse(svg).unwrap();
    let style =
        document.descendants().find(|node| node.has_tag_name("style")).unwrap().text().unwrap();
    let rules = style.split('}').filter(|rule| !rule.is_empty());
    for (selectors, body) in rules.map(|rule| rule.split_once('{').unwrap()) {
        for selector in selectors.split(',') {
            assert!(selector.contains(class), "{name}: {selector} would reach other pictures");
        }
        for (property, value) in body.split(';').map(|part| part.split_once(':').unwrap()) {
            let fits =
                !SAYS_A_COLOUR.contains(&property) || ["currentColor", "none"].contains(&value);
            assert!(fits, "{name}: {property}:{value}");
        }
    }
    let attributes = document.descendants().flat_map(|node| node.attributes());
    for one in attributes.filter(|one| SAYS_A_COLOUR.contains(&one.name())) {
        let fits = ["currentColor", "none"].contains(&one.value());
        assert!(fits, "{name}: {}={}", one.name(), one.value());
    }
    assert!(document.descendants().all(|node| !node.has_attribute("style")), "{name}");
}
