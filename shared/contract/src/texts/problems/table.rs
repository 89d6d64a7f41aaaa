//! The table of the codes: name, rule, and title and detail in Kazakh, Russian and English, side by side for a reader
//! of all three. A placeholder stands where no ending need follow it.

use super::Locale;

problem_codes! {
    // What can't be read.
    MalformedJson "malformed-json" {
        "Сұраным оқылмады" "Сұранымның денесі дұрыс JSON емес."
        "Запрос не читается" "Тело запроса не является правильным JSON."
        "The request can't be read" "The body of the request isn't valid JSON."
    }
    MalformedField "malformed-field" {
        "Сұранымда қате өрістер бар" "Қате өрістердің бәрі errors тізімінде көрсетілген."
        "В запросе есть ошибочные поля" "Все ошибочные поля перечислены в списке errors."
        "Some fields are malformed" "Every malformed field is named in the list errors."
    }
    Required "required" {
        "Өріс толтырылмаған" "Бұл өрісті толтыру міндетті."
        "Поле не заполнено" "Это поле обязательно."
        "A field is missing" "This field is required."
    }
    WrongType "wrong-type" {
        "Өріс түрі дұрыс емес" "Өріс мәнінің түрі дұрыс емес, күтілетін түрі: {expected}."
        "Неверный тип поля" "Неверный тип значения, ожидается: {expected}."
        "A field has the wrong type" "The value has the wrong type, expected: {expected}."
    }
    WrongFormat "wrong-format" {
        "Өріс пішімі дұрыс емес" "Өріс мәнінің пішімі дұрыс емес, күтілетін пішім: {expected}."
        "Неверный формат поля" "Неверный формат значения, ожидается: {expected}."
        "A field has the wrong format" "The value has the wrong format, expected: {expected}."
    }
    UnknownValue "unknown-value" {
        "Өріс мәні белгісіз" "Мұндай мән жоқ, мүмкін мәндер: {allowed}."
        "Неизвестное значение поля" "Такого значения нет, возможные значения: {allowed}."
        "A field has an unknown value" "There is no such value, the possible ones are: {allowed}."
    }
    TooLong "too-long" {
        "Өріс мәні тым ұзын" "Өріс мәні тым ұзын, таңбалардың ең көп саны: {max}."
        "Значение поля слишком длинное" "Значение слишком длинное, наибольшее число знаков: {max}."
        "A field is too long" "The value is too long, the most characters allowed: {max}."
    }
    UnknownField "unknown-field" {
        "Белгісіз өріс" "Сұранымда мұндай өріс болмайды."
        "Неизвестное поле" "Такого поля в запросе не бывает."
        "An unknown field" "The request has no such field."
    }

    // Who may ask.
    Unauthenticated "unauthenticated" {
        "Жүйеге кіру қажет" "Кіру белгісі жоқ, жарамсыз немесе оның мерзімі өткен."
        "Требуется вход" "Токен доступа отсутствует, недействителен или истёк."
        "Sign-in is needed" "The access token is missing, invalid or expired."
    }
    Forbidden "forbidden" {
        "Қол жеткізуге рұқсат жоқ" "Бұл әрекетке құқығыңыз жоқ."
        "Доступ запрещён" "У вас нет права на это действие."
        "Access is denied" "You have no right to this action."
    }
    NotFound "not-found" {
        "Табылмады" "Мұндай нысан жоқ немесе ол сізге қолжетімсіз."
        "Не найдено" "Такого объекта нет, или он вам недоступен."
        "Not found" "There is no such object, or it isn't open to you."
    }

    // What the state doesn't allow.
    Conflict "conflict" {
        "Қазіргі күйге қайшы" "Нысанның қазіргі күйінде бұл әрекет мүмкін емес."
        "Противоречит состоянию" "В нынешнем состоянии объекта это действие невозможно."
        "In conflict with the state" "This action isn't possible in the present state of the object."
    }
    TooManyToday "too-many-today" {
        "Күндік шекке жетті" "Бір күнде рұқсат етілген сұранымдар саны: {max}. Ертең қайталаңыз."
        "Достигнут дневной предел" "За один день допускается запросов: {max}. Повторите завтра."
        "The limit of the day is reached" "Requests that are allowed on one day: {max}. Repeat tomorrow."
    }
    TooManyKept "too-many-kept" {
        "Шекке жетті" "Мұндай жазбалардың рұқсат етілген ең көп саны: {max}."
        "Достигнут предел" "Наибольшее допустимое число таких записей: {max}."
        "The limit is reached" "The most such records that may be kept: {max}."
    }
    OfferNotOpen "offer-not-open" {
        "Бос орын ұсынысы жабық" "Бұл бос орын туралы хабарламаға жауап берілген немесе ол кері қайтарылған."
        "Предложение места закрыто" "На это предложение места уже дан ответ, или оно отозвано."
        "The offer isn't open" "This offer has been answered or withdrawn."
    }
    OfferExpired "offer-expired" "P15.b" {
        "Жауап беру мерзімі өтті" "Бос орын туралы хабарламаға жауап беру мерзімі өтіп кетті."
        "Срок ответа истёк" "Срок ответа на предложение места уже истёк."
        "The time to answer is over" "The time to answer this offer is over."
    }
    ApplicationEnded "application-ended" {
        "Өтініш аяқталған" "Өтініш кезекте тұрған жоқ: ол архивте немесе одан бас тартылған."
        "Заявление завершено" "Заявление больше не в очереди: оно в архиве, или по нему отказано."
        "The application has ended" "The application is no longer in the queue: it is archived or refused."
    }
    NoOpenQuestion "no-open-question" {
        "Жауапты күтетін сұрақ жоқ" "Қазір бұл өтініш бойынша мүдделілікті растау сұралған жоқ."
        "Нет открытого вопроса" "Сейчас по этому заявлению не запрошено подтверждение заинтересованности."
        "No open question" "No confirmation of interest is asked for this application now."
    }
    NoReferral "no-referral" {
        "Жолдама жоқ" "Бұл өтініш бойынша қолданыстағы жолдама жоқ."
        "Нет направления" "По этому заявлению нет действующего направления."
        "No referral" "This application has no referral in force."
    }
    HoldsReferral "holds-referral" "P12" {
        "Жолдама берілген" "Қолданыстағы жолдамасы бар өтінішті өзгертуге болмайды."
        "Направление выдано" "Заявление с действующим направлением изменить нельзя."
        "A referral is held" "An application with a referral in force can't be changed."
    }
    CancellationTooLate "cancellation-too-late" "P25.a" {
        "Жолдаманың күшін жою мерзімі өтті" "Жолдаманың күшін жоюға берілген уақыт өтіп кетті."
        "Срок отмены направления истёк" "Время, в которое направление можно отменить, уже прошло."
        "Too late to cancel the referral" "The time in which the referral can be cancelled is over."
    }
    NotWaitingForDecision "not-waiting-for-decision" {
        "Шешім күтілмейді" "Бұл өтініш көрсетілетін қызметті берушінің шешімін күтіп тұрған жоқ."
        "Решение не ожидается" "Это заявление не ожидает решения услугодателя."
        "No decision is awaited" "This application doesn't wait for a decision of the provider."
    }
    NotWaiting "not-waiting" {
        "Өтініш бұл кезекте жоқ" "Өтініш бұл кезекте бос орын күтіп тұрған жоқ."
        "Заявление не ждёт в очереди" "Заявление не ждёт места в этой очереди."
        "The application isn't waiting" "The application doesn't wait for a place in this queue."
    }
    VersionMismatch "version-mismatch" {
        "Нысан өзгерген" "Нысан сіз көргеннен кейін өзгерді, оны қайта оқып, әрекетті қайталаңыз."
        "Объект изменился" "Объект изменился после того, как вы его прочитали. Прочитайте его снова и повторите."
        "The object has changed" "The object has changed since you read it. Read it again and repeat."
    }
    PreconditionRequired "precondition-required" {
        "If-Match тақырыбы қажет" "Өзгерту үшін If-Match тақырыбында нысанның нұсқасын көрсетіңіз."
        "Нужен заголовок If-Match" "Для изменения укажите версию объекта в заголовке If-Match."
        "If-Match is required" "To change the object, name its version in the If-Match header."
    }
    PreconditionFailed "precondition-failed" {
        "Нұсқа сәйкес емес" "If-Match тақырыбындағы нұсқа нысанның қазіргі нұсқасына сәйкес емес."
        "Версия не совпадает" "Версия в заголовке If-Match не совпадает с нынешней версией объекта."
        "The version doesn't match" "The version in If-Match isn't the present version of the object."
    }

    // What the service can't take, or not now.
    TooLarge "too-large" {
        "Сұраным тым үлкен" "Сұраным тым үлкен, ең үлкен көлемі байтпен: {max}."
        "Запрос слишком велик" "Запрос слишком велик, наибольший размер в байтах: {max}."
        "The request is too large" "The request is too large, the most bytes allowed: {max}."
    }
    UnsupportedMediaType "unsupported-media-type" {
        "Деректер түріне қолдау жоқ" "Сұранымды application/json түрінде жіберіңіз."
        "Тип данных не поддерживается" "Отправьте запрос в виде application/json."
        "Unsupported media type" "Send the request as application/json."
    }
    IdempotencyKeyReused "idempotency-key-reused" {
        "Idempotency-Key қайталанған" "Бұл Idempotency-Key басқа сұраныммен бұрын пайдаланылған."
        "Idempotency-Key повторён" "Этот Idempotency-Key уже использован с другим запросом."
        "Idempotency-Key reused" "This Idempotency-Key was used before with another request."
    }
    Unavailable "unavailable" {
        "Қызмет уақытша қолжетімсіз" "Қызмет уақытша қолжетімсіз, сәлден кейін қайталаңыз."
        "Сервис временно недоступен" "Сервис временно недоступен, повторите немного позже."
        "Temporarily unavailable" "The service is temporarily unavailable, repeat a little later."
    }
    Internal "internal" {
        "Ішкі қате" "Қызметте қате шықты. Қайталанса, 1414 нөміріне хабарласыңыз."
        "Внутренняя ошибка" "В сервисе произошла ошибка. Если она повторится, позвоните по номеру 1414."
        "Internal error" "The service has failed. If it happens again, call 1414."
    }

    // What the rules refuse.
    NumberShape "number-shape" "K2" {
        "Нөмір дұрыс емес" "ЖСН немесе БСН 12 цифрдан тұруға тиіс."
        "Неверный номер" "ИИН или БИН состоит из 12 цифр."
        "The number is wrong" "An IIN or BIN has 12 digits."
    }
    ControlDigit "control-digit" "K2" {
        "Бақылау цифры дұрыс емес" "ЖСН немесе БСН қате терілген: бақылау цифры сәйкес келмейді."
        "Неверная контрольная цифра" "ИИН или БИН набран с ошибкой: контрольная цифра не сходится."
        "The control digit is wrong" "The IIN or BIN is mistyped: its control digit doesn't fit."
    }
    OrganisationsCount "organisations-count" "P15.1" {
        "МДҰ саны дұрыс емес" "Кемінде 1 МДҰ таңдаңыз, ең көп саны: {max}; таңдалғаны: {count}."
        "Неверное число организаций" "Выберите организации: не менее 1 и не более {max}; выбрано: {count}."
        "Wrong number of organisations" "Choose at least 1 and at most {max} organisations; chosen: {count}."
    }
    OrganisationRepeated "organisation-repeated" "P15.1" {
        "МДҰ қайталанған" "Бір МДҰ екі рет таңдалған."
        "Организация повторяется" "Одна и та же организация выбрана дважды."
        "An organisation is repeated" "The same organisation is chosen twice."
    }
    OrganisationsExhausted "organisations-exhausted" "P15.5" {
        "МДҰ саны шегіне жетті" "Бұл өтініште таңдауға болатын МДҰ-ның ең көп саны: {max}."
        "Исчерпано число организаций" "Наибольшее число организаций в одном заявлении: {max}."
        "No more organisations" "The most organisations that one application can name: {max}."
    }
    OrganisationUnknown "organisation-unknown" "P15.1" {
        "Белгісіз МДҰ" "Мұндай ұйым МДҰ-ның тізілімінде жоқ."
        "Неизвестная организация" "Такой организации нет в реестре дошкольных организаций."
        "An unknown organisation" "The registry has no such pre-school organisation."
    }
    OrganisationClosed "organisation-closed" "P15.1" {
        "МДҰ бала қабылдамайды" "Бұл МДҰ бала қабылдамайды: {organisation}."
        "Организация не принимает детей" "Эта организация не принимает детей: {organisation}."
        "The organisation is closed" "This organisation doesn't take children: {organisation}."
    }
    LanguageNotTaught "language-not-taught" "P15.1" {
        "Оқыту тілі жоқ" "Бұл МДҰ-да таңдалған тілде оқытылмайды: {organisation}."
        "Нет такого языка обучения" "В этой организации не обучают на выбранном языке: {organisation}."
        "The language isn't taught" "This organisation doesn't teach in the chosen language: {organisation}."
    }
    StreamNotServed "stream-not-served" "P15.1" {
        "МДҰ-да мұндай кезек жоқ" "Бұл МДҰ-да таңдалған түрдегі кезек жоқ: {organisation}."
        "Нет такой очереди" "В этой организации нет очереди выбранного вида: {organisation}."
        "The stream isn't served" "This organisation has no queue of the chosen kind: {organisation}."
    }
    BornTooEarly "born-too-early" "P11.a" {
        "Бала жасы үлкен" "Кезекке қою үшін баланың туған жылының ең ертесі: {year}."
        "Ребёнок старше допустимого" "Для постановки в очередь самый ранний год рождения ребёнка: {year}."
        "The child is too old" "The earliest year of birth for the queue is: {year}."
    }
    AgeReached "age-reached" "P11.a" {
        "Шекті жасқа жеткен" "Бала барынша рұқсат етілген жасқа ({years} жас) жеткен."
        "Предельный возраст достигнут" "Ребёнок достиг предельно допустимого возраста (полных лет: {years})."
        "The age limit is reached" "The child has reached the age limit (in years: {years})."
    }
    BornInTheFuture "born-in-the-future" "P11.a" {
        "Туған күні дұрыс емес" "Баланың туған күні бүгінгі күннен кейін көрсетілген."
        "Неверная дата рождения" "Дата рождения ребёнка позже сегодняшней."
        "The birth date is wrong" "The child's birth date is after today."
    }
    NoConsent "no-consent" "P5.e" {
        "Келісім жоқ" "Қолжетімділігі шектеулі дербес деректерге қол жеткізуге келісім берілмеген."
        "Нет согласия" "Нет согласия на доступ к персональным данным ограниченного доступа."
        "No consent" "There is no consent to access to restricted personal data."
    }
    GroundUnknown "ground-unknown" "P5.e" {
        "Белгісіз негіз" "Бас тарту негізінің нөмірі: кезекке қоюда 1-ден 3-ке, қабылдауда 1-ден 6-ға дейін."
        "Неизвестное основание" "Номер основания отказа: от 1 до 3 при постановке на очередь, от 1 до 6 при зачислении."
        "An unknown ground" "The ground of a refusal is a number: 1 to 3 for queueing, 1 to 6 for enrolment."
    }
    ReasonUnknown "reason-unknown" "P3.2" {
        "Белгісіз себеп" "Маман өтінішті тек бұзушылық немесе қайталану себебімен архивке жібере алады."
        "Неизвестная причина" "Специалист отправляет заявление в архив только из-за нарушения или повтора."
        "An unknown reason" "An officer archives only for a violation or as a duplicate."
    }
    DocumentMissing "document-missing" "A2.8" {
        "Құжаттар топтамасы толық емес" "Құжат ұсынылмаған: {document}."
        "Неполный пакет документов" "Не представлен документ: {document}."
        "The set of documents is incomplete" "A document is missing: {document}."
    }
    DocumentExpired "document-expired" "A2.8" {
        "Құжаттың мерзімі өткен" "Құжаттың жарамдылық мерзімі өткен: {document}."
        "Документ просрочен" "Истёк срок действия документа: {document}."
        "A document has expired" "A document has expired: {document}."
    }
    DuplicateApplication "duplicate-application" "K1" {
        "Бала кезекте тұр" "Осы бала үшін осы түрдегі кезекте өтініш бар: {application}."
        "Ребёнок уже в очереди" "Для этого ребёнка уже есть заявление в очереди этого вида: {application}."
        "The child is queued already" "This child has an application in a queue of this kind already: {application}."
    }
    NotTheCaller "not-the-caller" "P5.a" {
        "Өтініш беруші сәйкес емес" "Өтінішті тек жүйеге кірген адам өз атынан бере алады."
        "Заявитель не совпадает" "Заявление может подать только тот, кто вошёл в систему, от своего имени."
        "The applicant is someone else" "Only the person who signed in can apply, in their own name."
    }
    BenefitUnknown "benefit-unknown" "P5.a" {
        "Белгісіз санат" "Санат 1-қосымшаға сәйкес 1-ден 13-ке дейінгі сан болуға тиіс."
        "Неизвестная категория" "Категория – число от 1 до 13 согласно приложению 1."
        "An unknown benefit category" "The category is a number from 1 to 13 as in Annex 1."
    }
    PhoneShape "phone-shape" "P5.a" {
        "Телефон нөмірі дұрыс емес" "Ұялы телефон нөмірін +7 және 10 цифр түрінде көрсетіңіз."
        "Неверный номер телефона" "Укажите номер мобильного телефона: +7 и 10 цифр."
        "The telephone number is wrong" "Give the mobile number as +7 and 10 digits."
    }
    VacancyHeld "vacancy-held" "K3" {
        "Бос орын біреуге ұсынылған" "Ұсынылған бос орынды көрсетілетін қызметті беруші ғана себебін көрсетіп алып тастайды."
        "Место уже предложено" "Предложенное место может снять только услугодатель с указанием причины."
        "The vacancy is held" "Only the provider can withdraw a held vacancy, with a reason."
    }
    VacancyWithdrawn "vacancy-withdrawn" "K3" {
        "Бос орын алып тасталған" "Бұл бос орын бұрын алып тасталған."
        "Место уже снято" "Это свободное место уже снято."
        "The vacancy is withdrawn" "This vacancy has been withdrawn already."
    }
    CalendarInvalid "calendar-invalid" "C3" {
        "Күнтізбе дұрыс емес" "Күнтізбе қабылданбады: {reason}."
        "Неверный календарь" "Календарь не принят: {reason}."
        "The calendar is invalid" "The calendar isn't accepted: {reason}."
    }
    PolicyInvalid "policy-invalid" "K5" {
        "Саясат дұрыс емес" "Қағидалар параметрлері қабылданбады: {reason}."
        "Неверная политика" "Параметры правил не приняты: {reason}."
        "The policy is invalid" "The parameters of the rules aren't accepted: {reason}."
    }

    // Complaints.
    ApplicationUnknown "application-unknown" "P18" {
        "Белгісіз өтініш" "Сіздің мұндай өтінішіңіз жоқ."
        "Неизвестное заявление" "У вас нет такого заявления."
        "An unknown application" "You have no such application."
    }
    ProviderUnknown "provider-unknown" "P18" {
        "Көрсетілетін қызметті беруші белгісіз" "Елді мекенді, МДҰ-ны немесе өтінішіңізді көрсетіңіз: сонда шағым кімге жататыны белгілі болады."
        "Услугодатель неизвестен" "Укажите населённый пункт, организацию или своё заявление: по ним видно, к кому относится жалоба."
        "The provider is unknown" "Name the settlement, the organisation or your application: they tell whom the complaint concerns."
    }
    ComplaintNotRegistered "complaint-not-registered" "P18" {
        "Шағым әлі тіркелмеген" "Шағым жұмыс уақытында тіркеледі, оған дейін ол қаралмайды."
        "Жалоба ещё не зарегистрирована" "Жалоба будет зарегистрирована в рабочее время, до этого её не рассматривают."
        "The complaint isn't registered yet" "The complaint is registered in working time and isn't looked into before."
    }
    ComplaintEnded "complaint-ended" "P18" {
        "Шағым қаралып болған" "Бұл шағымға жауап берілген немесе оны қараудан бас тартылған."
        "Жалоба уже рассмотрена" "На эту жалобу уже дан ответ, или в её рассмотрении отказано."
        "The complaint has ended" "This complaint has been answered, or it was refused to look into it."
    }

    // What is asked for while queued.
    BenefitsSeveral "benefits-several" "P5.a" {
        "Бірнеше санат көрсетілген" "1-қосымшадағы санаттардың біреуін ғана көрсетіңіз."
        "Указано несколько категорий" "Укажите только одну категорию из приложения 1."
        "Several benefit categories" "Name only one category of Annex 1."
    }
    RelocationNotServing "relocation-not-serving" "P23.b" {
        "Санат сәйкес емес" "Жаңа қызмет орнына ауыстырылғанда кезектен тыс қызмет тек 1–4-санаттар бойынша көрсетіледі."
        "Категория не подходит" "При переводе к новому месту службы вне очереди обслуживаются только категории с 1 по 4."
        "The category doesn't fit" "After a transfer to a new place of service only categories 1 to 4 are served out of turn."
    }
    DeferralBeyondAge "deferral-beyond-age" "P11.b" {
        "Көрсетілген уақыт тым кеш" "Көрсетілген уақытта бала барынша рұқсат етілген жасқа жетіп қояды, ертерегін таңдаңыз."
        "Указан слишком поздний срок" "К указанному времени ребёнок достигнет предельно допустимого возраста, выберите более раннее."
        "The time is too late" "By that time the child will have reached the age limit, choose an earlier one."
    }
    InvitationAnswered "invitation-answered" "P7" {
        "Ұсынысқа жауап берілген" "Баланы кезекке қою жөніндегі бұл ұсынысқа жауап бұрын берілген."
        "Ответ уже дан" "На это приглашение поставить ребёнка в очередь ответ уже дан."
        "The invitation is answered" "This invitation to be queued has been answered already."
    }
    InvitationClosed "invitation-closed" "P7" {
        "Ұсыныс енді күшінде емес" "Бұл ұсынысқа жауап берілмейді: оның орнына басқасы жіберілген немесе бала барынша рұқсат етілген жасқа жеткен."
        "Приглашение больше не действует" "На это приглашение ответить нельзя: вместо него отправлено другое, или ребёнок достиг предельно допустимого возраста."
        "The invitation is closed" "This invitation can't be answered any more: another was sent instead, or the child has reached the age limit."
    }
    ConsentByAnother "consent-by-another" "P7" {
        "Келісімді өтініш беруші береді" "Келісімді тек өтініш берушінің өзі береді: ұсынысқа жауабында немесе «бір өтініш» арқылы."
        "Согласие даёт заявитель" "Согласие даёт только сам заявитель: в ответе на приглашение или в едином заявлении."
        "Only the applicant consents" "Only the applicant consents: in answer to the invitation, or in a single application."
    }
    ChildQueued "child-queued" "K1" {
        "Бала кезекте тұр" "Бұл балаға осы түрдегі өтініш берілген, оны қайта кезекке қоюға болмайды."
        "Ребёнок уже в очереди" "Для этого ребёнка уже есть заявление этого вида, второй раз его поставить в очередь нельзя."
        "The child is queued already" "This child has an application of this kind already and can't be queued a second time."
    }

    // Referral, enrolment and contract.
    ExtensionNotPossible "extension-not-possible" "P25.b" {
        "Ұзарту мүмкін емес" "Жолдама ұзартылмайды: құжаттар тапсырылған немесе қолданылу мерзімі өткен."
        "Продление невозможно" "Направление не продлевается: документы уже поданы, или срок его действия истёк."
        "An extension isn't possible" "The referral isn't extended: the documents are handed in, or its validity is over."
    }
    ExtensionRepeated "extension-repeated" "P25.b" {
        "Бір рет қана ұзартылады" "Жолдаманың қолданылу мерзімі бір рет қана ұзартылады: ол ұзартылған немесе бұл сұралған."
        "Продлевают один раз" "Срок действия направления продлевают один раз: он уже продлён, или продление запрошено."
        "Extended once only" "A referral is extended once only: it is extended, or that has been asked for."
    }
    ExtensionTooFar "extension-too-far" "P25.b" {
        "Ұзарту мерзімі дұрыс емес" "Жаңа соңғы күн қазіргісінен кейін болуға тиіс, ең кеші: {until}."
        "Неверный срок продления" "Новый последний день должен быть позже нынешнего, самое позднее: {until}."
        "The extension is out of bounds" "The new last day must be after the present one, at the latest: {until}."
    }
    InabilityDocumentMissing "inability-document-missing" "P25.b" {
        "Растайтын құжат жоқ" "МДҰ-ға келуге физикалық қабілетсіздікті растайтын, бүгін немесе бұрын берілген құжатты ұсыныңыз."
        "Нет подтверждающего документа" "Представьте документ о физической невозможности прибыть, выданный сегодня или раньше."
        "No confirming document" "Hand in a document, issued today or before, that confirms the physical inability to come."
    }
    DocumentsNotAwaited "documents-not-awaited" "P22.b" {
        "Құжаттар күтілмейді" "Жолдама бойынша құжаттар қабылданбайды: олар тапсырылған немесе қолданылу мерзімі өткен."
        "Документы не ожидаются" "Документы по направлению не принимаются: они уже поданы, или срок его действия истёк."
        "No documents are awaited" "No documents are taken for the referral: they are handed in, or its validity is over."
    }
    DecisionNotAwaited "decision-not-awaited" "P22.b" {
        "МДҰ шешімі күтілмейді" "Бұл жолдама бойынша МДҰ тексеретін құжаттар жоқ."
        "Решение организации не ожидается" "По этому направлению нет документов на проверке организации."
        "No decision is awaited from you" "This referral has no documents that the organisation is to check."
    }
    CertificateTooOld "certificate-too-old" "P28.1" {
        "Құжат ескірген" "Шарт жасасу күніне құжаттың мерзімі өтіп кеткен: {document}."
        "Документ устарел" "Ко дню заключения договора срок документа истёк: {document}."
        "A document is too old" "By the day of the contract this document is out of date: {document}."
    }
    UnvaccinatedShare "unvaccinated-share" "P28" {
        "Үлес шектен аспаған" "Топта жоспарлы профилактикалық екпе алмаған балалардың үлесі (пайыз): {share}; шегі: {percent}."
        "Доля не превышает предел" "Доля детей без плановых прививок в группе (проценты): {share}; предел: {percent}."
        "The share isn't over the limit" "The share of unvaccinated children in the group (per cent): {share}; the limit: {percent}."
    }
    GroupUnknown "group-unknown" "P28" {
        "Белгісіз топ" "МДҰ мұндай топ туралы мәлімет (балалар мен екпелер саны) бермеген."
        "Неизвестная группа" "Организация не подала сведений о такой группе (число детей и прививок)."
        "An unknown group" "The organisation has given no figures for such a group (children, vaccinations)."
    }
    GroupOfOtherPlaces "group-of-other-places" "P28" {
        "Басқа орындардың тобы" "Бұл топтың түрі немесе туған жылдары балаға берілген орынға сәйкес келмейді."
        "Группа других мест" "Тип или годы рождения этой группы не соответствуют месту, данному ребёнку."
        "A group of other places" "The type or the birth years of this group aren't those of the child's place."
    }
    ReviewNotAwaited "review-not-awaited" "P16.1" {
        "Қарау күтілмейді" "Бұл жолдама бойынша қаралуы тиіс қабылдаудан бас тарту жоқ."
        "Рассмотрение не ожидается" "По этому направлению нет отказа в зачислении, который ждёт рассмотрения."
        "No review is awaited" "This referral has no refusal of enrolment that waits for a review."
    }
    OutcomeNeedsNote "outcome-needs-note" "P16.1" {
        "Себебі көрсетілмеген" "Салдары негізге сай әдеттегіден басқаша таңдалса, себебін түсініктемеде көрсетіңіз."
        "Не указана причина" "Если исход отличается от обычного для этого основания, укажите причину в пояснении."
        "The reason is missing" "An outcome other than the usual one for this ground needs its reason in the note."
    }
    ContractNotFormed "contract-not-formed" "P22.d" {
        "Қол қоятын шарт жоқ" "Бұл өтініш бойынша қол қоюды күтіп тұрған электронды шарт жоқ."
        "Нет договора на подпись" "По этому заявлению нет электронного договора, который ждёт подписи."
        "No contract to sign" "This application has no electronic contract that waits for a signature."
    }
    SignatureRejected "signature-rejected" "P22.d" {
        "Қолтаңба қабылданбады" "Қолтаңба тексеруден өтпеді, қайта қол қойыңыз."
        "Подпись не принята" "Подпись не прошла проверку, подпишите ещё раз."
        "The signature is rejected" "The signature didn't pass its check, sign again."
    }
    SignatureUnavailable "signature-unavailable" {
        "Қолтаңба тексерілмеді" "Қолтаңбаны тексеретін қызмет жауап бермейді, сәлден кейін қайталаңыз."
        "Подпись не проверена" "Служба проверки подписей не отвечает, повторите немного позже."
        "The signature isn't checked" "The service that checks signatures doesn't answer, repeat a little later."
    }
    ContractInForce "contract-in-force" "P12" {
        "Электронды шарт күшінде" "Баланың электронды шарты күшінде, алдымен оны бұзыңыз. Өтініш: {application}."
        "Договор действует" "Для ребёнка действует электронный договор, сначала расторгните его. Заявление: {application}."
        "A contract is in force" "The child has an electronic contract in force, terminate it first. Application: {application}."
    }
    ContractNotInForce "contract-not-in-force" "P12" {
        "Қолданыстағы шарт жоқ" "Бұл өтініш бойынша бұзуға болатын, қол қойылған электронды шарт жоқ."
        "Нет действующего договора" "По этому заявлению нет подписанного электронного договора, который можно расторгнуть."
        "No contract in force" "This application has no signed electronic contract to terminate."
    }
    VacancyFilled "vacancy-filled" "K3" {
        "Орын толған" "Бұл орынға бала қабылданған, сондықтан оны алып тастауға болмайды."
        "Место занято" "На это место уже принят ребёнок, поэтому снять его нельзя."
        "The place is filled" "A child is enrolled in this place, so it can't be withdrawn."
    }
}
