// SPDX-License-Identifier: Apache-2.0
// table: the words of a page, in the order of Say and of Language.
#include "documents/view/words.h"

#include <iterator>

#include "documents/terms/term_table.h"

namespace corridor::documents {

namespace {

constexpr Words kWords[] = {
    {"Invoice", "Facture", "Factura", "Счёт", "发票", "فاتورة"},
    {"Credit note", "Avoir", "Factura rectificativa", "Кредит-нота", "贷项通知单", "إشعار دائن"},
    {"Order", "Commande", "Pedido", "Заказ", "订单", "طلب شراء"},
    {"Despatch advice", "Avis d’expédition", "Aviso de expedición", "Уведомление об отгрузке",
     "发货通知单", "إشعار شحن"},
    {"Document", "Document", "Documento", "Документ", "单据", "مستند"},
    {"Message", "Message", "Mensaje", "Сообщение", "报文", "رسالة"},
    {"Findings", "Constats", "Observaciones", "Замечания", "检查结果", "الملاحظات"},
    {"Errors", "Erreurs", "Errores", "Ошибки", "错误", "أخطاء"},
    {"Warnings", "Avertissements", "Advertencias", "Предупреждения", "警告", "تحذيرات"},
    {"Notices", "Informations", "Avisos", "Сведения", "提示", "إشعارات"},
    {"Error", "Erreur", "Error", "Ошибка", "错误", "خطأ"},
    {"Warning", "Avertissement", "Advertencia", "Предупреждение", "警告", "تحذير"},
    {"Notice", "Information", "Aviso", "Сведение", "提示", "إشعار"},
    {"This document has errors.", "Ce document comporte des erreurs.",
     "Este documento tiene errores.", "В документе есть ошибки.", "此单据有错误。",
     "في هذا المستند أخطاء."},
    {"No errors; please look at the warnings.", "Pas d’erreur ; voyez les avertissements.",
     "Sin errores; vea las advertencias.", "Ошибок нет; обратите внимание на предупреждения.",
     "没有错误；请查看警告。", "لا أخطاء، ويُرجى الاطلاع على التحذيرات."},
    {"Nothing was found wrong.", "Rien d’anormal n’a été constaté.",
     "No se ha encontrado nada incorrecto.", "Ошибок не найдено.", "未发现问题。",
     "لم يُعثر على أي خطأ."},
    {"Checked with", "Contrôlé avec", "Comprobado con", "Проверено по правилам", "检查所用规则",
     "فُحص بموجب"},
    {"Rule", "Règle", "Regla", "Правило", "规则", "القاعدة"},
    {"line", "ligne", "línea", "строка", "第几行", "السطر"},
    {"Place in the document", "Emplacement dans le document", "Lugar en el documento",
     "Место в документе", "单据中的位置", "الموضع في المستند"},
    {"Summary", "Résumé", "Resumen", "Сводка", "摘要", "ملخص"},
    {"Key facts", "Informations principales", "Datos principales", "Основные сведения", "基本信息",
     "البيانات الأساسية"},
    {"Parties", "Parties", "Partes", "Стороны", "交易各方", "الأطراف"},
    {"References", "Références", "Referencias", "Ссылки", "参考信息", "المراجع"},
    {"Delivery", "Livraison", "Entrega", "Доставка", "交货", "التسليم"},
    {"Lines", "Lignes", "Líneas", "Строки", "明细", "البنود"},
    {"Allowances and charges", "Remises et frais", "Descuentos y cargos", "Скидки и надбавки",
     "折扣与附加费", "الخصومات والرسوم"},
    {"VAT breakdown", "Ventilation de la TVA", "Desglose del IVA", "Разбивка НДС", "增值税明细",
     "تفصيل الضريبة"},
    {"Totals", "Totaux", "Totales", "Итоги", "合计", "الإجماليات"},
    {"Payment", "Paiement", "Pago", "Оплата", "付款", "الدفع"},
    {"Notes", "Notes", "Notas", "Примечания", "备注", "ملاحظات"},
    {"Attachments", "Pièces jointes", "Adjuntos", "Вложения", "附件", "المرفقات"},
    {"Process", "Processus", "Proceso", "Процесс", "流程", "الإجراء"},
    {"Other content", "Autres contenus", "Otros contenidos", "Прочее содержание", "其他内容",
     "محتويات أخرى"},
    {"Technical content", "Contenu technique", "Contenido técnico", "Технические данные",
     "技术内容", "محتوى تقني"},
    {"All segments as received", "Tous les segments tels que reçus",
     "Todos los segmentos tal como llegaron", "Все сегменты, как получены", "收到的全部数据段",
     "جميع المقاطع كما وردت"},
    {"No.", "N°", "N.º", "№", "序号", "م"},
    {"Item", "Désignation", "Artículo", "Наименование", "商品或服务", "الصنف"},
    {"Quantity", "Quantité", "Cantidad", "Количество", "数量", "الكمية"},
    {"Price", "Prix unitaire", "Precio", "Цена", "单价", "السعر"},
    {"VAT", "TVA", "IVA", "НДС", "增值税", "الضريبة"},
    {"Net amount", "Montant net", "Importe neto", "Сумма без НДС", "净额", "الصافي"},
    {"per", "pour", "por", "за", "每", "لكل"},
    {"Category", "Catégorie", "Categoría", "Категория", "类别", "الفئة"},
    {"Rate", "Taux", "Tipo", "Ставка", "税率", "النسبة"},
    {"Taxable amount", "Base d’imposition", "Base imponible", "Налоговая база", "计税金额",
     "المبلغ الخاضع"},
    {"VAT amount", "Montant de TVA", "Cuota de IVA", "Сумма налога", "税额", "مبلغ الضريبة"},
    {"Kind", "Nature", "Clase", "Вид", "类型", "النوع"},
    {"Reason", "Motif", "Motivo", "Основание", "原因", "السبب"},
    {"Basis", "Base", "Base", "База", "基数", "الأساس"},
    {"Amount", "Montant", "Importe", "Сумма", "金额", "المبلغ"},
    {"Amounts in", "Montants en", "Importes en", "Суммы указаны в", "金额币种", "المبالغ بعملة"},
    {"missing", "manquant", "falta", "нет", "缺失", "غير مذكور"},
    {"empty", "vide", "vacío", "пусто", "空", "فارغ"},
    {"yes", "oui", "sí", "да", "是", "نعم"},
    {"no", "non", "no", "нет", "否", "لا"},
    {"attached, not opened here", "joint, non ouvert ici", "adjunto, no se abre aquí",
     "вложено, здесь не открывается", "已附上，此处不打开", "مرفق، ولا يُفتح هنا"},
    {"bytes", "octets", "bytes", "байт", "字节", "بايت"},
    {"More lines that are not shown here:", "Autres lignes non affichées ici :",
     "Líneas que no se muestran aquí:", "Строк, которые здесь не показаны:", "此处未显示的其余行数：",
     "بنود أخرى لا تظهر هنا:"},
    {"More values that are not shown here:", "Autres valeurs non affichées ici :",
     "Valores que no se muestran aquí:", "Значений, которые здесь не показаны:", "此处未显示的其余值数：",
     "قيم أخرى لا تظهر هنا:"},
    {"characters more", "caractères de plus", "caracteres más", "ещё знаков", "更多字符",
     "محارف أخرى"},
    {"The page ends here because the document is too long to be shown in full.",
     "La page s’arrête ici : le document est trop long pour être affiché en entier.",
     "La página termina aquí: el documento es demasiado largo para mostrarlo entero.",
     "Страница кончается здесь: документ слишком длинный, чтобы показать его целиком.",
     "单据过长，页面到此为止。", "تنتهي الصفحة هنا لأن المستند أطول من أن يُعرض كاملًا."},
    {"The document could not be shown.", "Le document n’a pas pu être affiché.",
     "No se ha podido mostrar el documento.", "Показать документ не удалось.", "无法显示该单据。",
     "تعذّر عرض المستند."},
};
static_assert(std::size(kWords) == static_cast<std::size_t>(Say::not_readable) + 1);

}  // namespace

std::string_view say(Say what, Language language) {
  return kWords[static_cast<std::size_t>(what)].at(static_cast<std::size_t>(language));
}

}  // namespace corridor::documents
